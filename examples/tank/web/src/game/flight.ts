// The counterpart of `src/game/shell.rs`.
import { cos, sin } from './angle.js';
import { UNIT, type GameMap } from './map.js';

/** The steps of a tick. */
const STEPS = 2;
const SPEED = 10 * UNIT;
const LIFE = 45;

/** The way of a shell, from its shot to its end if it hits no tank. */
export class Flight {
  /** The places after each step, in units; the first is that of the shot. */
  readonly #places: [x: number, y: number][];

  constructor(x: number, y: number, aim: number, map: GameMap) {
    let [dx, dy] = [cos(aim, SPEED), sin(aim, SPEED)];
    let hasBounced = false;
    this.#places = [[x / UNIT, y / UNIT]];
    for (let step = 0; step < LIFE * STEPS; step++) {
      const aside = map.isWall(x + dx, y);
      const ahead = map.isWall(x, y + dy);
      if (aside || ahead || map.isWall(x + dx, y + dy)) {
        if (hasBounced) break;
        hasBounced = true;
        const isCorner = !aside && !ahead;
        if (aside || isCorner) dx = -dx;
        if (ahead || isCorner) dy = -dy;
      } else {
        x += dx;
        y += dy;
      }
      this.#places.push([x / UNIT, y / UNIT]);
    }
  }

  /** The ticks after which nothing is left of it. */
  get length(): number {
    return (this.#places.length - 1) / STEPS;
  }

  /** Where it is so many ticks after the shot. */
  at(ticks: number): [x: number, y: number] {
    const step = Math.max(0, Math.min(this.#places.length - 1, ticks * STEPS));
    const before = this.#places[Math.floor(step)] ?? [0, 0];
    const after = this.#places[Math.ceil(step)] ?? before;
    const part = step - Math.floor(step);
    return [before[0] + (after[0] - before[0]) * part, before[1] + (after[1] - before[1]) * part];
  }
}

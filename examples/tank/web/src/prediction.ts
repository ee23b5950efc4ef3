import { follow, type Body, type Command } from './game/body.js';
import { UNIT, type GameMap } from './game/map.js';
import type { Tank } from './gen/tank_pb.js';

/** A correction is spread over some frames: this part of it is left after a second, as a power of e. */
const FADE = 9;
/** Units beyond which a correction is a leap, and shown as one. */
const LEAP = 160;

interface Sent {
  readonly command: Command;
  readonly at: number;
}

/**
 * The own tank, ahead of the server: it follows each command at once. When a state arrives, it begins anew from there, and
 * follows once more the commands that the server had not followed by then. Both compute with the same integers,
 * so that nothing moves, unless another tank was in the way.
 */
export class Prediction {
  readonly #map: GameMap;
  #body: Body | undefined;
  #previous: Body | undefined;
  #pending: Sent[] = [];
  #seq = 0;
  #error = { x: 0, y: 0 };
  /** The times that the server's state was another than the predicted one, for the page's tests. */
  corrections = 0;

  constructor(map: GameMap) {
    this.#map = map;
  }

  get body(): Body | undefined {
    return this.#body;
  }

  /** The number of the last command. */
  get seq(): number {
    return this.#seq;
  }

  /** The commands that the server has not followed yet, as far as is known. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Follows what the hands want for a tick. Returns the command, and whether the gun fires. */
  step(wish: Omit<Command, 'seq'>, now: number): [command: Command, fires: boolean] | undefined {
    if (!this.#body) return undefined;
    this.#seq += 1;
    const command = { ...wish, seq: this.#seq };
    this.#pending.push({ command, at: now });
    this.#previous = this.#body;
    const [body, fires] = follow(this.#body, command, this.#map);
    this.#body = body;
    return [command, fires];
  }

  /** Takes in the server's state of the tank. Returns the milliseconds since its last command was sent, if it is news. */
  reconcile(tank: Tank, now: number): number | undefined {
    const predicted = this.#body;
    const last = this.#pending.find(({ command }) => command.seq === tank.seq);
    this.#seq = Math.max(this.#seq, tank.seq);
    this.#pending = this.#pending.filter(({ command }) => command.seq > tank.seq);
    const { x, y, heading, speed, reload, boost } = tank;
    let body: Body = { x, y, heading, speed, reload, boost };
    let previous = body;
    for (const { command } of this.#pending) {
      previous = body;
      [body] = follow(body, command, this.#map);
    }
    if (!predicted || body.x !== predicted.x || body.y !== predicted.y || body.heading !== predicted.heading) {
      if (predicted) this.#correct((predicted.x - body.x) / UNIT, (predicted.y - body.y) / UNIT);
      this.#previous = previous;
    }
    this.#body = body;
    return last && now - last.at;
  }

  /** The tank is destroyed: there is nothing to drive. */
  stop(): void {
    this.#body = undefined;
    this.#previous = undefined;
    this.#pending = [];
    this.#error = { x: 0, y: 0 };
  }

  /** Where to draw the tank, at a part of the time between its last two commands. */
  pose(part: number): { x: number; y: number; heading: number; speed: number } | undefined {
    const [from, to] = [this.#previous ?? this.#body, this.#body];
    if (!from || !to) return undefined;
    const turn = ((to.heading - from.heading + 1536) % 1024) - 512;
    return {
      x: (from.x + (to.x - from.x) * part) / UNIT + this.#error.x,
      y: (from.y + (to.y - from.y) * part) / UNIT + this.#error.y,
      heading: from.heading + turn * part,
      speed: to.speed,
    };
  }

  /** Lets what is left of corrections fade. */
  fade(seconds: number): void {
    const left = Math.exp(-FADE * seconds);
    this.#error.x *= left;
    this.#error.y *= left;
  }

  #correct(x: number, y: number): void {
    this.corrections += 1;
    const error = { x: this.#error.x + x, y: this.#error.y + y };
    this.#error = Math.hypot(error.x, error.y) > LEAP ? { x: 0, y: 0 } : error;
  }
}

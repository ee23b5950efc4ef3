import { between, cos, sin } from './game/angle.js';
import { UNIT } from './game/map.js';
import type { State, Tank } from './gen/tank_pb.js';

/** The states that are kept: more than a second. */
const LENGTH = 40;
/** The ticks for which tanks drive on when news are late. */
const AHEAD = 3;
/** Units that no tank moves between two states: it came back somewhere else. */
const LEAP = 200;

/** A tank as it is drawn: places in units. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly aim: number;
  readonly speed: number;
  readonly tank: Tank;
}

/** The last states of the arena, and the tanks between them. */
export class History {
  #states: { tick: number; tanks: Map<number, Tank> }[] = [];

  get last(): number {
    return this.#states.at(-1)?.tick ?? 0;
  }

  /** Takes in a state. One that is older than the last is of no use, and left out; so is one that came twice. */
  add(state: State): boolean {
    if (state.tick <= this.last) return false;
    this.#states.push({ tick: state.tick, tanks: new Map(state.tanks.map((tank) => [tank.id, tank])) });
    if (this.#states.length > LENGTH) this.#states.shift();
    return true;
  }

  /** The newest state of a tank. */
  newest(id: number): Tank | undefined {
    return this.#states.at(-1)?.tanks.get(id);
  }

  /** The tanks at a tick and its fraction. */
  at(time: number): Pose[] {
    const after = this.#states.findIndex(({ tick }) => tick > time);
    const before = this.#states.at(after === -1 ? -1 : Math.max(0, after - 1));
    if (!before) return [];
    const next = after === -1 ? undefined : this.#states[after];
    if (!next || next === before) {
      const ticks = Math.max(0, Math.min(AHEAD, time - before.tick));
      return [...before.tanks.values()].map((tank) => ahead(tank, ticks));
    }
    const part = (time - before.tick) / (next.tick - before.tick);
    return [...before.tanks.values()].map((tank) => {
      const to = next.tanks.get(tank.id);
      return to ? blend(tank, to, part) : ahead(tank, 0);
    });
  }
}

function blend(from: Tank, to: Tank, part: number): Pose {
  if (Math.hypot(to.x - from.x, to.y - from.y) > LEAP * UNIT) return ahead(part < 0.5 ? from : to, 0);
  return {
    x: (from.x + (to.x - from.x) * part) / UNIT,
    y: (from.y + (to.y - from.y) * part) / UNIT,
    heading: from.heading + between(from.heading, to.heading) * part,
    aim: from.aim + between(from.aim, to.aim) * part,
    speed: to.speed,
    tank: to,
  };
}

function ahead(tank: Tank, ticks: number): Pose {
  const { heading, aim, speed } = tank;
  const way = speed * ticks;
  return { x: (tank.x + cos(heading, way)) / UNIT, y: (tank.y + sin(heading, way)) / UNIT, heading, aim, speed, tank };
}

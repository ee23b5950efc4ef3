import { turnBetween } from './angles.js';

/** Where a tadpole is, and how it swims: as `Position` on the wire. */
export interface Pose {
  x: number;
  y: number;
  angle: number;
  momentum: number;
}

/** Others are shown this many milliseconds late, so that there is a position on either side of the moment. */
const DELAY = 100;
/** How the server sends. */
const TICK = 50;
/** Milliseconds without news after which a tadpole rested, and did not crawl. */
const REST = 3 * TICK;
/** Milliseconds for which a tadpole swims on when its news are late. */
const AHEAD = 100;
const LENGTH = 16;

interface Snapshot extends Pose {
  at: number;
}

/** Makes smooth motion of what the network tells in steps. */
export class Track {
  readonly #snapshots: Snapshot[] = [];

  constructor(start: Pose, now: number) {
    this.#snapshots.push({ ...start, at: now });
  }

  /** Takes in what came at the time `now`, in milliseconds. */
  add(pose: Pose, now: number): void {
    const last = this.#snapshots.at(-1);
    // It was told nothing because nothing moved: the motion begins one tick ago.
    if (last && now - last.at > REST) this.#snapshots.push({ ...last, momentum: 0, at: now - TICK });
    this.#snapshots.push({ x: pose.x, y: pose.y, angle: pose.angle, momentum: pose.momentum, at: now });
    if (this.#snapshots.length > LENGTH) this.#snapshots.splice(0, this.#snapshots.length - LENGTH);
  }

  /** Where to draw the tadpole at the time `now`. */
  at(now: number): Pose {
    const time = now - DELAY;
    const after = this.#snapshots.findIndex((snapshot) => snapshot.at > time);
    const before = this.#snapshots.at(after === -1 ? -1 : Math.max(0, after - 1));
    const next = this.#snapshots[after];
    if (!before) throw new Error('a track has no beginning');
    if (!next) return ahead(before, Math.min(time - before.at, AHEAD) / 1000);
    if (next === before) return before;
    return between(before, next, (time - before.at) / (next.at - before.at));
  }
}

function between(from: Pose, to: Pose, part: number): Pose {
  return {
    x: from.x + (to.x - from.x) * part,
    y: from.y + (to.y - from.y) * part,
    angle: from.angle + turnBetween(from.angle, to.angle) * part,
    momentum: from.momentum + (to.momentum - from.momentum) * part,
  };
}

function ahead(from: Pose, seconds: number): Pose {
  const way = from.momentum * seconds;
  return { ...from, x: from.x + Math.cos(from.angle) * way, y: from.y + Math.sin(from.angle) * way };
}

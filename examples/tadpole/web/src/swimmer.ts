import { ease, turnBetween } from './angles.js';
import type { Pose } from './track.js';

/** What the visitor wants: a direction to look, and how much of the speed to put into it, from 0 to 1. */
export interface Wish {
  angle: number;
  effort: number;
}

/** How quickly it turns and gathers way, in parts of the way per second. */
const TURNING = 7;
const STARTING = 3.2;
const GLIDING = 1.6;
/** How near the edge of the water it comes. */
const MARGIN = 14;

/** The visitor's own tadpole: moves at once, and the others are told. */
export class Swimmer {
  readonly pose: Pose;
  readonly #radius: number;
  readonly #speed: number;

  constructor(start: Pose, radius: number, speed: number) {
    this.pose = { ...start };
    this.#radius = radius;
    this.#speed = speed;
  }

  /** Swims on for `seconds`, as wished; glides without a wish. */
  swim(wish: Wish | undefined, seconds: number): void {
    if (seconds === 0) return;
    const pose = this.pose;
    const goal = this.#speed * (wish?.effort ?? 0);
    if (wish) pose.angle += turnBetween(pose.angle, wish.angle) * ease(TURNING, seconds);
    pose.momentum += (goal - pose.momentum) * ease(goal > pose.momentum ? STARTING : GLIDING, seconds);
    if (goal === 0 && pose.momentum < 1) pose.momentum = 0;
    const x = pose.x + Math.cos(pose.angle) * pose.momentum * seconds;
    const y = pose.y + Math.sin(pose.angle) * pose.momentum * seconds;

    const part = Math.min(1, (this.#radius - MARGIN) / Math.hypot(x, y));
    // Whoever swims against the shore does not come forward, and the others should not think so.
    if (part < 1) pose.momentum = Math.min(pose.momentum, Math.hypot(x * part - pose.x, y * part - pose.y) / seconds);
    pose.x = x * part;
    pose.y = y * part;
  }
}

import { turnBetween } from './angles.js';
import type { Pose } from './track.js';

/** 20 updates a second. */
const INTERVAL = 50;
/** What nobody would see is not told. */
const NEAR = 0.25;
const SAME_ANGLE = 0.02;

/** Tells the server where the visitor's tadpole is: now and then, and only while it moves or turns. */
export class Reporter {
  readonly #send: (pose: Pose) => void;
  #sent: Pose;
  #at = 0;

  constructor(start: Pose, send: (pose: Pose) => void) {
    this.#sent = { ...start };
    this.#send = send;
  }

  report(pose: Pose, now: number): void {
    if (now - this.#at < INTERVAL || !this.#differs(pose)) return;
    // On a grid, so that frames of 16 ms do not stretch 50 ms to 64.
    this.#at = Math.max(this.#at + INTERVAL, now - INTERVAL / 2);
    this.#tell(pose);
  }

  /** Tells the last position for a while, whenever the one before was. */
  rest(pose: Pose): void {
    if (this.#differs(pose)) this.#tell(pose);
  }

  #tell(pose: Pose): void {
    this.#sent = { ...pose };
    this.#send(this.#sent);
  }

  #differs(pose: Pose): boolean {
    const sent = this.#sent;
    if (pose.momentum === 0 && sent.momentum !== 0) return true;
    if (Math.hypot(pose.x - sent.x, pose.y - sent.y) > NEAR) return true;
    return Math.abs(turnBetween(sent.angle, pose.angle)) > SAME_ANGLE;
  }
}

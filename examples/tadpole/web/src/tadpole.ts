import { BODY, body, GLOW } from './sprites.js';
import { Speech } from './speech.js';
import { Tail } from './tail.js';
import { Track, type Pose } from './track.js';

/** Seconds in which one appears, or fades away. */
const APPEARS = 0.7;

/** A tadpole on the page. */
export class Tadpole {
  readonly id: number;
  readonly name: string;
  readonly hue: number;
  readonly speech: Speech;
  /** Where it is drawn. */
  pose: Pose;
  /** What came of it over the network; without effect on the visitor's own. */
  readonly track: Track;
  readonly #tail = new Tail();
  #presence = 0;
  #breath = Math.random() * 7;
  #leaving = false;

  constructor(id: number, name: string, hue: number, pose: Pose, now: number) {
    this.id = id;
    this.name = name;
    this.hue = hue;
    this.pose = pose;
    this.track = new Track(pose, now);
    this.speech = new Speech(name);
  }

  /** 0 before it appears and after it is gone, 1 in between. */
  get presence(): number {
    return this.#presence;
  }

  /** Whether nothing of it is left to draw. */
  get gone(): boolean {
    return this.#leaving && this.#presence === 0;
  }

  leave(): void {
    this.#leaving = true;
  }

  /** Moves on to `pose`, in `seconds`. */
  move(pose: Pose, seconds: number, calm: boolean): void {
    this.pose = pose;
    const step = seconds / APPEARS;
    if (!calm) this.#breath += seconds * 3.8;
    this.#presence = Math.max(0, Math.min(1, this.#presence + (this.#leaving ? -step : step)));
    this.#tail.follow(pose.x, pose.y, pose.angle, pose.momentum, seconds, calm);
  }

  /** Draws tail and body, in the coordinates of the pond. */
  draw(context: CanvasRenderingContext2D): void {
    const { x, y, angle, momentum } = this.pose;
    const presence = this.#presence ** 0.6;
    context.globalAlpha = presence;
    context.beginPath();
    this.#tail.trace(context, presence);
    context.closePath();
    context.fillStyle = `hsl(${this.hue} 72% 72% / 0.5)`;
    context.fill();

    const size = presence * (1 + 0.02 * Math.sin(this.#breath));
    const stretch = 1 + Math.min(momentum, 260) / 2600;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.scale(size * stretch, size / stretch);
    context.drawImage(body(this.hue), -GLOW, -GLOW, GLOW * 2, GLOW * 2);
    context.restore();
    context.globalAlpha = 1;
  }

  /** Whether any of it is within `margin` of the view's edges. */
  within(left: number, top: number, right: number, bottom: number): boolean {
    const margin = GLOW + BODY * 4;
    const { x, y } = this.pose;
    return x > left - margin && x < right + margin && y > top - margin && y < bottom + margin;
  }
}

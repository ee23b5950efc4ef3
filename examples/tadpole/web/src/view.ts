import { ease } from './angles.js';

/** How quickly the view follows, in parts of the way per second. */
const FOLLOWS = 3.4;
/** How near the middle of the view comes to the shore, in parts of its shorter side. */
const SHORE = 0.28;
/** More than two of these is drawn for nobody's eyes, and costs. */
const MOST_PIXELS = 2;

/** The part of the pond that is seen, and the canvas that it is drawn on. */
export class View {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width = 1;
  height = 1;
  /** Canvas pixels per CSS pixel, and CSS pixels per unit of the pond. */
  density = 1;
  scale = 1;
  /** What is in the middle. */
  x = 0;
  y = 0;
  readonly #canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser cannot draw');
    this.context = context;
    this.#canvas = canvas;
    this.fit();
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  /** Fits the canvas to its place on the page; it may have moved to another screen, too. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    this.density = Math.min(MOST_PIXELS, Math.max(1, devicePixelRatio));
    this.width = Math.max(1, clientWidth);
    this.height = Math.max(1, clientHeight);
    this.scale = Math.max(0.8, Math.min(1.6, Math.min(this.width, this.height) / 560));
    const [width, height] = [Math.round(this.width * this.density), Math.round(this.height * this.density)];
    // Setting a size clears the canvas, so only where it differs.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  /** Follows what is at a point of a pond of this radius, and shows little of the land. */
  follow(point: { readonly x: number; readonly y: number }, radius: number, seconds: number, calm: boolean): void {
    const limit = radius - (SHORE * Math.min(this.width, this.height)) / this.scale;
    const inside = Math.min(1, Math.max(0, limit) / Math.hypot(point.x, point.y));
    const [x, y] = [point.x * inside, point.y * inside];
    const far = Math.hypot(x - this.x, y - this.y) * this.scale > 2 * Math.max(this.width, this.height);
    const part = far || calm ? 1 : ease(FOLLOWS, seconds);
    this.x += (x - this.x) * part;
    this.y += (y - this.y) * part;
  }

  /** Lets what follows be drawn in CSS pixels. */
  inScreen(): CanvasRenderingContext2D {
    this.context.setTransform(this.density, 0, 0, this.density, 0, 0);
    return this.context;
  }

  /** Lets what follows be drawn in units of the pond. */
  inPond(): CanvasRenderingContext2D {
    const factor = this.scale * this.density;
    this.context.setTransform(
      factor, 0, 0, factor,
      (this.width / 2 - this.x * this.scale) * this.density,
      (this.height / 2 - this.y * this.scale) * this.density,
    );
    return this.context;
  }

  toScreen(x: number, y: number): [number, number] {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 + (y - this.y) * this.scale];
  }

  toPond(x: number, y: number): [number, number] {
    return [this.x + (x - this.width / 2) / this.scale, this.y + (y - this.height / 2) / this.scale];
  }
}

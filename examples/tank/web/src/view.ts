/** How quickly the view follows, in parts of the way per second. */
const FOLLOWS = 7;
/** The units that the shorter side of the screen shows, and the least and greatest number of pixels for one. */
const SHOWN = 640;
const LEAST = 0.66;
const GREATEST = 1.7;
/** More than two of these is drawn for nobody's eyes, and costs. */
const MOST_PIXELS = 2;
/** Units around the arena that may be seen, and the part of the view that thumbs cover. */
const MARGIN = 44;
const THUMBS = 0.3;

/** The part of the arena that is seen, and the canvas that it is drawn on. */
export class View {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width = 1;
  height = 1;
  /** Canvas pixels per CSS pixel, and CSS pixels per unit. */
  density = 1;
  scale = 1;
  /** What is in the middle. */
  x = 0;
  y = 0;
  #shake = 0;
  #shift = { x: 0, y: 0 };
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
    this.scale = Math.max(LEAST, Math.min(GREATEST, Math.min(this.width, this.height) / SHOWN));
    const [width, height] = [Math.round(this.width * this.density), Math.round(this.height * this.density)];
    // Setting a size clears the canvas, so only where it differs.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  /** Follows a point of an arena of this size, and leaves place for thumbs if there are any. */
  follow(point: { readonly x: number; readonly y: number }, size: readonly [number, number], seconds: number, thumbs: boolean): void {
    const below = thumbs ? (THUMBS * this.height) / this.scale : MARGIN;
    const x = within(point.x, this.width / 2 / this.scale, size[0], MARGIN);
    const y = within(point.y, this.height / 2 / this.scale, size[1], below);
    const far = Math.hypot(x - this.x, y - this.y) > 900;
    const part = far ? 1 : 1 - Math.exp(-FOLLOWS * seconds);
    this.x += (x - this.x) * part;
    this.y += (y - this.y) * part;
    this.#shake *= Math.exp(-6 * seconds);
    const angle = Math.random() * 2 * Math.PI;
    this.#shift = { x: Math.cos(angle) * this.#shake, y: Math.sin(angle) * this.#shake };
  }

  /** Shakes it by so many pixels. */
  shake(pixels: number): void {
    this.#shake = Math.max(this.#shake, pixels);
  }

  /** Lets what follows be drawn in CSS pixels. */
  inScreen(): CanvasRenderingContext2D {
    this.context.setTransform(this.density, 0, 0, this.density, 0, 0);
    return this.context;
  }

  /** Lets what follows be drawn in units. */
  inArena(): CanvasRenderingContext2D {
    const factor = this.scale * this.density;
    const [x, y] = this.toScreen(0, 0);
    this.context.setTransform(factor, 0, 0, factor, x * this.density, y * this.density);
    return this.context;
  }

  toScreen(x: number, y: number): [number, number] {
    return [
      this.width / 2 + (x - this.x) * this.scale + this.#shift.x,
      this.height / 2 + (y - this.y) * this.scale + this.#shift.y,
    ];
  }

  /** Returns true for a place that is seen, or nearly. */
  sees(x: number, y: number, margin = 80): boolean {
    return (
      Math.abs(x - this.x) < this.width / 2 / this.scale + margin && Math.abs(y - this.y) < this.height / 2 / this.scale + margin
    );
  }
}

/** The middle of a view that shows as little as possible of what is beyond the arena. */
function within(middle: number, half: number, size: number, beyond: number): number {
  const [least, greatest] = [half - MARGIN, size - half + beyond];
  return least > greatest ? (least + greatest) / 2 : Math.max(least, Math.min(greatest, middle));
}

/** How far a thumb moves for full effect, in pixels, and what is nothing but a touch. */
const REACH = 52;
const DEAD = 0.16;

/** A stick that is held: its direction, and how far it is pushed, 0 to 1. */
export interface Stick {
  readonly x: number;
  readonly y: number;
  readonly length: number;
}

interface Thumb {
  readonly pointer: number;
  /** Where it was put down, and where it is. */
  readonly from: { readonly x: number; readonly y: number };
  to: { x: number; y: number };
}

/** Two sticks on a touch screen, wherever the thumbs are put down: the left one drives, the right one aims and fires. */
export class Sticks {
  readonly #thumbs: { left: Thumb | undefined; right: Thumb | undefined } = { left: undefined, right: undefined };
  /** The screen has been touched: the sticks are shown. */
  isUsed = false;

  constructor(canvas: HTMLCanvasElement) {
    canvas.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse') return;
      this.isUsed = true;
      canvas.setPointerCapture(event.pointerId);
      const side = event.clientX < canvas.clientWidth / 2 ? 'left' : 'right';
      const at = { x: event.clientX, y: event.clientY };
      this.#thumbs[side] ??= { pointer: event.pointerId, from: at, to: { ...at } };
    });
    canvas.addEventListener('pointermove', (event) => {
      const thumb = this.#held().find(({ pointer }) => pointer === event.pointerId);
      if (thumb) thumb.to = { x: event.clientX, y: event.clientY };
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, (event) => {
        for (const side of ['left', 'right'] as const) {
          if (this.#thumbs[side]?.pointer === event.pointerId) this.#thumbs[side] = undefined;
        }
      });
    }
  }

  get left(): Stick | undefined {
    return pushed(this.#thumbs.left);
  }

  get right(): Stick | undefined {
    return pushed(this.#thumbs.right);
  }

  release(): void {
    this.#thumbs.left = undefined;
    this.#thumbs.right = undefined;
  }

  /** Draws both, each where its thumb is, or where it may be put. */
  draw(context: CanvasRenderingContext2D, width: number, height: number): void {
    if (!this.isUsed) return;
    const y = height - 110;
    for (const [thumb, x] of [[this.#thumbs.left, 84], [this.#thumbs.right, width - 84]] as const) {
      const from = thumb?.from ?? { x, y };
      const stick = pushed(thumb);
      const way = stick ? Math.min(1, stick.length) * REACH : 0;
      context.globalAlpha = thumb ? 0.85 : 0.35;
      context.lineWidth = 2;
      context.strokeStyle = 'rgb(255 255 255 / 45%)';
      context.fillStyle = 'rgb(8 12 24 / 35%)';
      circle(context, from.x, from.y, REACH);
      context.fill();
      context.stroke();
      context.fillStyle = 'rgb(255 255 255 / 55%)';
      circle(context, from.x + (stick?.x ?? 0) * way, from.y + (stick?.y ?? 0) * way, 22);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  #held(): Thumb[] {
    return [this.#thumbs.left, this.#thumbs.right].filter((thumb) => thumb !== undefined);
  }
}

function pushed(thumb: Thumb | undefined): Stick | undefined {
  if (!thumb) return undefined;
  const [x, y] = [thumb.to.x - thumb.from.x, thumb.to.y - thumb.from.y];
  const way = Math.hypot(x, y);
  const length = way / REACH;
  return length < DEAD ? undefined : { x: x / way, y: y / way, length };
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

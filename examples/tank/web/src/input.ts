import { direction } from './game/angle.js';
import { THROTTLE, type Command } from './game/body.js';
import type { Sticks } from './sticks.js';
import type { View } from './view.js';

const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1], KeyW: [0, -1],
  ArrowDown: [0, 1], KeyS: [0, 1],
  ArrowLeft: [-1, 0], KeyA: [-1, 0],
  ArrowRight: [1, 0], KeyD: [1, 0],
};
const FIRE = 'Space';

export type Wish = Omit<Command, 'seq'>;

/** What the hands want: by keys and mouse, or by two sticks on a touch screen. */
export class Input {
  readonly #canvas: HTMLCanvasElement;
  readonly #sticks: Sticks;
  readonly #keys = new Set<string>();
  #pointer: { x: number; y: number } | undefined;
  #isFiring = false;
  #aim = 0;

  constructor(canvas: HTMLCanvasElement, sticks: Sticks) {
    this.#canvas = canvas;
    this.#sticks = sticks;
    canvas.addEventListener('pointermove', (event) => this.#point(event));
    canvas.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#point(event);
      this.#isFiring = true;
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerType === 'mouse') this.#isFiring = false;
      });
    }
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => {
      const isKnown = event.code in KEYS || event.code === FIRE;
      if (!isKnown || event.ctrlKey || event.metaKey || event.altKey || isControl(event.target)) return;
      event.preventDefault();
      this.#keys.add(event.code);
    });
    document.addEventListener('keyup', (event) => this.#keys.delete(event.code));
    // A key that is let go elsewhere is not heard of.
    addEventListener('blur', () => this.release());
  }

  /** Where the mouse points, in pixels; undefined without one. */
  get pointer(): { readonly x: number; readonly y: number } | undefined {
    return this.#pointer;
  }

  /** Forgets what is held down. */
  release(): void {
    this.#keys.clear();
    this.#isFiring = false;
    this.#sticks.release();
  }

  /** What is wanted of a tank at a place of the view. */
  wish(tank: { readonly x: number; readonly y: number; readonly heading: number }, view: View): Wish {
    let [x, y] = [0, 0];
    for (const key of this.#keys) {
      const [dx, dy] = KEYS[key] ?? [0, 0];
      x += dx;
      y += dy;
    }
    let throttle = x === 0 && y === 0 ? 0 : THROTTLE;
    let fire = this.#isFiring || this.#keys.has(FIRE);
    const { left, right } = this.#sticks;
    if (left) {
      ({ x, y } = left);
      throttle = Math.round(THROTTLE * Math.min(1, left.length));
    }
    if (right) {
      this.#aim = direction(right.x, right.y);
      fire ||= right.length > 0.55;
    } else if (this.#pointer) {
      const [screenX, screenY] = view.toScreen(tank.x, tank.y);
      this.#aim = direction(this.#pointer.x - screenX, this.#pointer.y - screenY);
    } else if (left || throttle > 0) {
      this.#aim = Math.round(tank.heading) & 1023;
    }
    return { heading: throttle > 0 ? direction(x, y) : 0, throttle, aim: this.#aim, fire };
  }

  #point(event: PointerEvent): void {
    if (event.pointerType !== 'mouse') {
      this.#pointer = undefined;
      return;
    }
    const { left, top } = this.#canvas.getBoundingClientRect();
    this.#pointer = { x: event.clientX - left, y: event.clientY - top };
  }
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLButtonElement;
}

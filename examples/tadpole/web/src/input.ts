import type { Wish } from './swimmer.js';
import type { Pose } from './track.js';
import type { View } from './view.js';

const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1], KeyW: [0, -1],
  ArrowDown: [0, 1], KeyS: [0, 1],
  ArrowLeft: [-1, 0], KeyA: [-1, 0],
  ArrowRight: [1, 0], KeyD: [1, 0],
};
/** Pixels from the tadpole within which the pointer means nothing, and at which it means full speed. */
const NEAR = 14;
const FAR = 170;

/** What the visitor's hands want: the pointer held down, fingers, or keys. */
export class Input {
  readonly #keys = new Set<string>();
  #pointer: { x: number; y: number; down: boolean } | undefined;

  constructor(canvas: HTMLCanvasElement) {
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#pointer = { x: event.clientX, y: event.clientY, down: true };
    });
    canvas.addEventListener('pointermove', (event) => {
      // Without a button a mouse is only looked at.
      this.#pointer = { x: event.clientX, y: event.clientY, down: event.buttons % 2 === 1 };
    });
    for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
      canvas.addEventListener(end, (event) => {
        const stays = end === 'pointerup' && event.pointerType === 'mouse';
        this.#pointer = stays ? { x: event.clientX, y: event.clientY, down: false } : undefined;
      });
    }
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => {
      if (!(event.code in KEYS) || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      this.#keys.add(event.code);
    });
    document.addEventListener('keyup', (event) => this.#keys.delete(event.code));
    // A key that is let go elsewhere is not heard of.
    addEventListener('blur', () => this.release());
    document.addEventListener('focusin', (event) => isTyping(event.target) && this.#keys.clear());
  }

  /** Forgets what is held down. */
  release(): void {
    this.#keys.clear();
    this.#pointer = undefined;
  }

  /** What is wanted of a tadpole at `pose`; undefined to let it glide. */
  wish(pose: Pose, view: View): Wish | undefined {
    let [x, y] = [0, 0];
    for (const key of this.#keys) {
      const [dx, dy] = KEYS[key] ?? [0, 0];
      x += dx;
      y += dy;
    }
    if (x !== 0 || y !== 0) return { angle: Math.atan2(y, x), effort: 1 };
    if (!this.#pointer) return undefined;
    const [headX, headY] = view.toScreen(pose.x, pose.y);
    [x, y] = [this.#pointer.x - headX, this.#pointer.y - headY];
    const distance = Math.hypot(x, y);
    if (distance < NEAR) return undefined;
    const effort = this.#pointer.down ? Math.min(1, (distance - NEAR) / (FAR - NEAR)) : 0;
    return { angle: Math.atan2(y, x), effort };
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement;
}

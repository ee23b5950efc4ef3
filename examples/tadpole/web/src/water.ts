import { drawBackdrop } from './backdrop.js';
import { softDot } from './sprites.js';
import type { View } from './view.js';

/** Particles that drift at one depth: the nearer, the faster they pass, and the larger they are. */
interface Layer {
  depth: number;
  size: number;
  alpha: number;
  /** Square pixels of the screen for each particle. */
  room: number;
}

const BEHIND: readonly Layer[] = [
  { depth: 0.25, size: 5, alpha: 0.2, room: 26_000 },
  { depth: 0.5, size: 7, alpha: 0.26, room: 34_000 },
  { depth: 0.8, size: 10, alpha: 0.3, room: 52_000 },
];
const BEFORE: readonly Layer[] = [{ depth: 1.5, size: 46, alpha: 0.055, room: 190_000 }];

const DRIFT_X = 0.0042;
const DRIFT_Y = -0.0026;

const speck = softDot(32, '190 240 235');

/** What is behind the tadpoles: dark water, soft light, drifting specks. */
export function drawWater(view: View, radius: number, now: number, calm: boolean): void {
  const time = calm ? 0 : now;
  drawBackdrop(view, time);
  const context = view.inScreen();
  context.globalCompositeOperation = 'lighter';
  for (const layer of BEHIND) drawLayer(view, layer, time);
  context.globalCompositeOperation = 'source-over';
  drawShore(view, radius);
}

/** What is before the tadpoles: specks so near that they are blurred. */
export function drawForeground(view: View, now: number, calm: boolean): void {
  const context = view.inScreen();
  context.globalCompositeOperation = 'lighter';
  for (const layer of BEFORE) drawLayer(view, layer, calm ? 0 : now);
  context.globalCompositeOperation = 'source-over';
}

function drawLayer(view: View, { depth, size, alpha, room }: Layer, time: number): void {
  const { context, width, height } = view;
  // They leave on one side and come back on the other, both out of sight.
  const [wide, high] = [width + size * 2, height + size * 2];
  const count = Math.min(120, Math.round((wide * high) / room));
  const shiftX = time * DRIFT_X * depth - view.x * view.scale * depth;
  const shiftY = time * DRIFT_Y * depth - view.y * view.scale * depth;
  for (let index = 0; index < count; index += 1) {
    // The same places in every frame, without keeping them.
    const seed = index + depth * 1000;
    const [a, b, c] = [spread(seed, 0.754_877_666), spread(seed, 0.569_840_296), spread(seed, 0.381_966_011)];
    const sway = Math.sin(time / 4200 + c * 40) * 9 * depth;
    const x = wrap(a * wide + shiftX + sway, wide) - size;
    const y = wrap(b * high + shiftY, high) - size;
    const grown = size * (0.5 + c);
    context.globalAlpha = alpha * (0.45 + 0.55 * Math.sin(time / 2600 + a * 50) ** 2);
    context.drawImage(speck, x - grown / 2, y - grown / 2, grown, grown);
  }
  context.globalAlpha = 1;
}

/** Where the water ends it gets darker. */
function drawShore(view: View, radius: number): void {
  const { width, height, scale } = view;
  const far = Math.hypot(view.x, view.y) + Math.hypot(width, height) / (2 * scale);
  if (far < radius * 0.86) return;
  const context = view.inPond();
  const shade = context.createRadialGradient(0, 0, radius * 0.82, 0, 0, radius * 1.2);
  shade.addColorStop(0, 'rgb(2 12 16 / 0)');
  shade.addColorStop(0.42, 'rgb(2 12 15 / 0.45)');
  shade.addColorStop(0.475, 'rgb(3 13 13 / 0.86)');
  shade.addColorStop(0.6, 'rgb(3 11 11 / 0.96)');
  shade.addColorStop(1, 'rgb(2 7 8 / 1)');
  context.fillStyle = shade;
  const [left, top] = view.toPond(0, 0);
  context.fillRect(left, top, width / scale, height / scale);
  // The light on the water's edge, in three breaths.
  for (const [wide, alpha] of [[14, 0.03], [6, 0.05], [1.5, 0.1]] as const) {
    context.strokeStyle = `rgb(150 215 195 / ${alpha})`;
    context.lineWidth = wide;
    context.beginPath();
    context.arc(0, 0, radius, 0, Math.PI * 2);
    context.stroke();
  }
}

/** Numbers between 0 and 1 that keep their distance from each other. */
function spread(seed: number, ratio: number): number {
  return ((seed + 1) * ratio) % 1;
}

function wrap(value: number, size: number): number {
  return ((value % size) + size) % size;
}

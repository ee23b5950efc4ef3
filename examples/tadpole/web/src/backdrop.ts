import { softDot } from './sprites.js';
import type { View } from './view.js';

/** Large soft lights from above, by where they are on the screen and how they wander. */
const LIGHTS = [
  { x: 0.22, y: 0.1, size: 1.1, alpha: 0.2, slow: 31_000 },
  { x: 0.72, y: 0.3, size: 0.9, alpha: 0.13, slow: 43_000 },
  { x: 0.45, y: 0.95, size: 1.2, alpha: 0.1, slow: 57_000 },
];
const LIGHT = softDot(128, '70 160 175');
/** Screen pixels per pixel of the backdrop: it has no edges that would show it. */
const COARSE = 8;

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { alpha: false });

/** Dark water and soft light, over the whole screen. It is painted small and stretched: nothing in it is sharp. */
export function drawBackdrop(view: View, time: number): void {
  if (!context) return;
  const [width, height] = [Math.ceil(view.width / COARSE), Math.ceil(view.height / COARSE)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;

  const reach = Math.hypot(width, height) / 2;
  const depth = context.createRadialGradient(width / 2, height * 0.38, 0, width / 2, height / 2, reach * 1.05);
  depth.addColorStop(0, '#0f4558');
  depth.addColorStop(0.45, '#0a2f41');
  depth.addColorStop(1, '#041722');
  context.globalCompositeOperation = 'source-over';
  context.globalAlpha = 1;
  context.fillStyle = depth;
  context.fillRect(0, 0, width, height);

  context.globalCompositeOperation = 'lighter';
  for (const light of LIGHTS) {
    const angle = (time / light.slow) * Math.PI * 2;
    const size = light.size * Math.max(width, height);
    const x = (light.x + Math.sin(angle) * 0.08) * width - (view.x * 0.06) / COARSE;
    const y = (light.y + Math.cos(angle * 0.8) * 0.06) * height - (view.y * 0.06) / COARSE;
    context.globalAlpha = light.alpha;
    context.drawImage(LIGHT, x - size / 2, y - size / 2, size, size);
  }
  view.inScreen().drawImage(canvas, 0, 0, view.width, view.height);
}

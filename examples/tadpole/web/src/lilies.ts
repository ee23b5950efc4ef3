import type { View } from './view.js';

/** They float on the surface, which is nearer than what swims below. */
const DEPTH = 1.16;
const COUNT = 26;
/** The radius of the largest, in units of the pond. */
const SIZE = 74;
const RESOLUTION = 2;

interface Lily {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly angle: number;
}

const leaf = paintLeaf();

/** Draws the leaves of water lilies over the tadpoles: more of them towards the edge of a pond of this radius. */
export function drawLilies(view: View, radius: number, time: number): void {
  const context = view.inScreen();
  const scale = view.scale * DEPTH;
  for (let index = 0; index < COUNT; index += 1) {
    const { x, y, size, angle } = lily(index, radius);
    const left = view.width / 2 + (x - view.x) * scale;
    const top = view.height / 2 + (y - view.y) * scale;
    const reach = size * scale * 1.2;
    if (left < -reach || left > view.width + reach || top < -reach || top > view.height + reach) continue;
    context.save();
    context.translate(left, top);
    context.rotate(angle + 0.05 * Math.sin(time / 5200 + index));
    context.globalAlpha = 0.8;
    context.drawImage(leaf, -reach, -reach, reach * 2, reach * 2);
    context.restore();
  }
}

/** The same leaf in the same place for everybody. */
function lily(index: number, radius: number): Lily {
  const [a, b] = [(index * 0.618_034) % 1, ((index + 1) * 0.754_878) % 1];
  const distance = radius * (0.34 + 0.62 * Math.sqrt(a)) / DEPTH;
  const direction = index * 2.3999 + b * 1.1;
  return {
    x: Math.cos(direction) * distance,
    y: Math.sin(direction) * distance,
    size: SIZE * (0.45 + 0.55 * b),
    angle: b * 40,
  };
}

/** One leaf in a square, with a rim of a fifth for its shadow. */
function paintLeaf(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const side = SIZE * 2.4 * RESOLUTION;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const radius = SIZE * RESOLUTION;
  context.translate(side / 2, side / 2);

  const shadow = context.createRadialGradient(0, 0, radius * 0.8, 0, 0, radius * 1.2);
  shadow.addColorStop(0, 'rgb(1 14 20 / 0.42)');
  shadow.addColorStop(1, 'rgb(1 14 20 / 0)');
  context.fillStyle = shadow;
  context.fillRect(-side / 2, -side / 2, side, side);

  const skin = context.createRadialGradient(-radius * 0.2, -radius * 0.2, 0, 0, 0, radius);
  skin.addColorStop(0, 'rgb(28 86 78 / 0.94)');
  skin.addColorStop(0.75, 'rgb(16 62 62 / 0.94)');
  skin.addColorStop(1, 'rgb(12 50 54 / 0.9)');
  context.fillStyle = skin;
  context.beginPath();
  context.moveTo(0, 0);
  context.arc(0, 0, radius, 0.2, Math.PI * 2 - 0.2);
  context.closePath();
  context.fill();

  context.strokeStyle = 'rgb(120 190 168 / 0.13)';
  context.lineWidth = 1.2 * RESOLUTION;
  for (let vein = 1; vein < 9; vein += 1) {
    const angle = 0.2 + (vein / 9) * (Math.PI * 2 - 0.4);
    context.beginPath();
    context.moveTo(0, 0);
    context.quadraticCurveTo(
      Math.cos(angle - 0.08) * radius * 0.5, Math.sin(angle - 0.08) * radius * 0.5,
      Math.cos(angle) * radius * 0.93, Math.sin(angle) * radius * 0.93,
    );
    context.stroke();
  }
  context.strokeStyle = 'rgb(140 205 185 / 0.2)';
  context.beginPath();
  context.arc(0, 0, radius - RESOLUTION, 0.2, Math.PI * 2 - 0.2);
  context.stroke();
  return canvas;
}

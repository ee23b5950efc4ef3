import type { Arena, Drawn } from '../arena.js';
import { TILE_UNITS as TILE, UNIT } from '../game/map.js';
import { CrateKind, type Crate } from '../gen/tank_pb.js';
import type { Shell } from '../shells.js';
import type { View } from '../view.js';
import type { Effects } from './effects.js';
import type { Ground } from './ground.js';
import { box, type Tanks } from './tanks.js';

/** A shell leaves the barrel so many units from the middle of its tank. */
const BARREL = 30;

/** Draws one frame of an arena. */
export function drawScene(view: View, arena: Arena, tanks: readonly Drawn[], now: number, parts: { ground: Ground; tanks: Tanks; effects: Effects }): void {
  parts.ground.drawFloor(view, now);
  const context = view.inArena();
  for (const crate of arena.crates.values()) drawCrate(context, crate, now);
  const seen = tanks.filter(({ x, y }) => view.sees(x, y));
  for (const tank of seen) {
    if (tank.isOwn) drawRing(context, tank);
    parts.tanks.draw(context, tank, now);
  }
  parts.ground.drawWalls(view);
  context.globalCompositeOperation = 'lighter';
  for (const shell of arena.shells.all) drawShell(context, shell);
  context.globalCompositeOperation = 'source-over';
  parts.effects.draw(view);
  const screen = view.inScreen();
  for (const tank of seen) drawLabel(screen, view, tank);
}

/** A ring around the own tank, so that it is found among others. */
function drawRing(context: CanvasRenderingContext2D, { x, y, hue }: Drawn): void {
  context.strokeStyle = `hsl(${hue} 90% 80% / 45%)`;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 31, 0, 2 * Math.PI);
  context.stroke();
}

function drawCrate(context: CanvasRenderingContext2D, { x, y, kind }: Crate, now: number): void {
  const colour = kind === CrateKind.BOOST ? '255 190 80' : '120 240 160';
  const float = Math.sin(now / 350 + x) * 2;
  context.save();
  context.translate(x / UNIT, y / UNIT);
  const glow = context.createRadialGradient(0, 0, 4, 0, 0, 36);
  glow.addColorStop(0, `rgb(${colour} / 30%)`);
  glow.addColorStop(1, `rgb(${colour} / 0%)`);
  context.fillStyle = glow;
  context.fillRect(-36, -36, 72, 72);
  context.fillStyle = 'rgb(0 0 8 / 40%)';
  box(context, -10, -6, 24, 22, 5);
  context.fill();
  context.translate(0, float - 4);
  context.fillStyle = '#1d2438';
  context.strokeStyle = `rgb(${colour})`;
  context.lineWidth = 2;
  box(context, -12, -12, 24, 24, 6);
  context.fill();
  context.stroke();
  context.fillStyle = `rgb(${colour})`;
  if (kind === CrateKind.BOOST) {
    context.beginPath();
    for (const [px, py] of [[2, -9], [-6, 2], [-1, 2], [-2, 9], [6, -2], [1, -2]] as const) context.lineTo(px, py);
    context.fill();
  } else {
    context.fillRect(-2.5, -7, 5, 14);
    context.fillRect(-7, -2.5, 14, 5);
  }
  context.restore();
}

function drawShell(context: CanvasRenderingContext2D, { flight, age }: Shell): void {
  const [x, y] = flight.at(age);
  const [startX, startY] = flight.at(0);
  // It is inside of its tank yet, or has not been fired as far as is shown.
  if (age <= 0 || Math.hypot(x - startX, y - startY) < BARREL) return;
  let from: readonly [number, number] = [x, y];
  context.lineCap = 'round';
  for (let step = 1; step <= 5; step++) {
    const to = flight.at(Math.max(0, age - step * 0.45));
    context.strokeStyle = `rgb(255 ${215 - step * 22} ${140 - step * 20} / ${60 - step * 11}%)`;
    context.lineWidth = 6 - step * 0.8;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    from = to;
  }
  context.fillStyle = '#fff6dc';
  context.beginPath();
  context.arc(x, y, 3.4, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = 'rgb(255 200 110 / 30%)';
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fill();
}

function drawLabel(context: CanvasRenderingContext2D, view: View, { name, hue, x, y, health, away, isOwn }: Drawn): void {
  const [screenX, screenY] = view.toScreen(x, y - 36);
  const left = Math.round(screenX);
  const top = Math.round(screenY);
  context.font = `600 12px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  if (!isOwn) {
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = 'rgb(6 9 20 / 75%)';
    const text = away ? `${name} · away` : name;
    context.strokeText(text, left, top - 3);
    context.fillStyle = `hsl(${hue} 80% 82%)`;
    context.fillText(text, left, top - 3);
  }
  if (health >= 1) return;
  context.fillStyle = 'rgb(6 9 20 / 75%)';
  box(context, left - 20, top, 40, 5, 2.5);
  context.fill();
  context.fillStyle = health > 0.5 ? '#7ee2a0' : health > 0.25 ? '#ffcb66' : '#ff7a6b';
  box(context, left - 19, top + 1, 38 * Math.max(0, health), 3, 1.5);
  context.fill();
}

/** A small map of the whole arena, with a dot for each tank. */
export function drawRadar(view: View, arena: Arena, tanks: readonly Drawn[]): void {
  const isSmall = Math.min(view.width, view.height) < 600;
  const size = isSmall ? 1.9 : 3.6;
  const [width, height] = [arena.map.width * size, arena.map.height * size];
  const context = view.inScreen();
  context.save();
  context.translate(view.width - width - (isSmall ? 12 : 18), isSmall ? 58 : view.height - height - 18);
  context.fillStyle = 'rgb(9 13 26 / 66%)';
  box(context, -6, -6, width + 12, height + 12, 10);
  context.fill();
  for (let row = 0; row < arena.map.height; row++) {
    for (let column = 0; column < arena.map.width; column++) {
      const tile = arena.map.tile(column, row);
      if (tile === 'floor') continue;
      context.fillStyle = tile === 'wall' ? 'rgb(130 150 210 / 55%)' : 'rgb(50 170 190 / 50%)';
      context.fillRect(column * size, row * size, size + 0.2, size + 0.2);
    }
  }
  for (const { x, y, hue, isOwn } of tanks) {
    context.fillStyle = isOwn ? '#fff' : `hsl(${hue} 85% 65%)`;
    context.beginPath();
    context.arc((x / TILE) * size, (y / TILE) * size, isOwn ? 3 : 2.3, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}

/** A cross where the mouse aims, with the time until the gun is loaded around it. */
export function drawCross(view: View, at: { readonly x: number; readonly y: number } | undefined, loaded: number): void {
  if (!at) return;
  const context = view.inScreen();
  context.lineWidth = 2;
  context.strokeStyle = 'rgb(255 255 255 / 80%)';
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    context.moveTo(at.x + dx * 5, at.y + dy * 5);
    context.lineTo(at.x + dx * 10, at.y + dy * 10);
  }
  context.stroke();
  context.strokeStyle = loaded >= 1 ? 'rgb(255 255 255 / 55%)' : 'rgb(255 200 110 / 90%)';
  context.beginPath();
  context.arc(at.x, at.y, 14, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * loaded);
  context.stroke();
}

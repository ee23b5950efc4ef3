import { TILE_UNITS as TILE, type GameMap } from '../game/map.js';
import type { View } from '../view.js';

/** Pixels of a picture per unit. */
const SHARPNESS = 1.5;
/** How far walls rise, in units: what is behind them is hidden by so much. */
const RISE = 9;
const FLOOR = '#1d2644';
/** Pools of light on the floor: the place and the reach as parts of the arena, and the colour. */
const LIGHTS = [
  [0.5, 0.5, 0.3, '70 190 230'], [0.17, 0.22, 0.24, '150 90 255'], [0.83, 0.78, 0.24, '150 90 255'],
  [0.83, 0.22, 0.24, '255 120 120'], [0.17, 0.78, 0.24, '255 120 120'],
] as const;
/** The part of the marks on the ground that fades in a second. */
const FADE = 0.012;

/** The arena without what moves in it: the floor with its marks, and the walls that stand on it. */
export class Ground {
  readonly #map: GameMap;
  readonly #clean: HTMLCanvasElement;
  readonly #floor: HTMLCanvasElement;
  readonly #marks: CanvasRenderingContext2D;
  readonly #walls: HTMLCanvasElement;
  #faded = 0;

  constructor(map: GameMap) {
    this.#map = map;
    const [clean, context] = picture(map);
    paintFloor(context, map);
    [this.#floor, this.#marks] = picture(map);
    this.#marks.drawImage(clean, 0, 0, map.width * TILE, map.height * TILE);
    this.#clean = clean;
    const [walls, tops] = picture(map);
    paintWalls(tops, map);
    this.#walls = walls;
  }

  /** Draws the floor, with the water that moves. */
  drawFloor(view: View, now: number): void {
    const context = view.inScreen();
    context.fillStyle = '#070a13';
    context.fillRect(0, 0, view.width, view.height);
    this.#draw(view, this.#floor);
    drawWater(view.inArena(), this.#map, view, now);
  }

  /** Draws the walls, over what is behind them. */
  drawWalls(view: View): void {
    this.#draw(view, this.#walls);
  }

  /** The marks of tracks, under a tank. */
  track(x: number, y: number, heading: number): void {
    const marks = this.#marks;
    marks.save();
    marks.translate(x, y);
    marks.rotate(heading);
    marks.fillStyle = 'rgb(4 6 14 / 16%)';
    marks.fillRect(-3, -16, 6, 8);
    marks.fillRect(-3, 8, 6, 8);
    marks.restore();
  }

  /** The mark of an explosion. */
  scorch(x: number, y: number, radius: number): void {
    const marks = this.#marks;
    const shade = marks.createRadialGradient(x, y, radius * 0.1, x, y, radius);
    shade.addColorStop(0, 'rgb(2 2 6 / 75%)');
    shade.addColorStop(0.5, 'rgb(2 2 6 / 35%)');
    shade.addColorStop(1, 'rgb(2 2 6 / 0%)');
    marks.fillStyle = shade;
    marks.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  /** Lets the marks fade. */
  move(now: number): void {
    if (now - this.#faded < 1000) return;
    this.#faded = now;
    this.#marks.globalAlpha = FADE * 4;
    this.#marks.drawImage(this.#clean, 0, 0, this.#map.width * TILE, this.#map.height * TILE);
    this.#marks.globalAlpha = 1;
  }

  #draw(view: View, image: HTMLCanvasElement): void {
    const context = view.inArena();
    // Only the part that is seen.
    const [width, height] = [view.width / view.scale + 60, view.height / view.scale + 60];
    const x = Math.max(0, view.x - width / 2);
    const y = Math.max(0, view.y - height / 2);
    const w = Math.min(this.#map.width * TILE - x, width);
    const h = Math.min(this.#map.height * TILE - y, height);
    if (w <= 0 || h <= 0) return;
    context.drawImage(image, x * SHARPNESS, y * SHARPNESS, w * SHARPNESS, h * SHARPNESS, x, y, w, h);
  }
}

function picture(map: GameMap): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = map.width * TILE * SHARPNESS;
  canvas.height = map.height * TILE * SHARPNESS;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser cannot draw');
  context.scale(SHARPNESS, SHARPNESS);
  return [canvas, context];
}

/** A number from 0 to 1 that is always the same for a tile. */
function chance(column: number, row: number): number {
  const mixed = Math.imul(column * 374761393 + row * 668265263, 1274126177);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

function paintFloor(context: CanvasRenderingContext2D, map: GameMap): void {
  context.fillStyle = FLOOR;
  context.fillRect(0, 0, map.width * TILE, map.height * TILE);
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      const [x, y] = [column * TILE, row * TILE];
      const shade = chance(column, row);
      context.fillStyle = `rgb(120 150 210 / ${(shade * 5).toFixed(2)}%)`;
      context.fillRect(x, y, TILE, TILE);
      if (map.tile(column, row) === 'floor' && shade > 0.93) paintPlate(context, x, y);
    }
  }
  for (const [x, y, reach, colour] of LIGHTS) {
    paintLight(context, x * map.width * TILE, y * map.height * TILE, reach * map.width * TILE, colour);
  }
  // Plates of four tiles, with a seam between them.
  context.lineWidth = 1;
  for (let x = 0; x <= map.width; x += 2) line(context, x * TILE, 0, x * TILE, map.height * TILE, x % 4 === 0 ? 7 : 3);
  for (let y = 0; y <= map.height; y += 2) line(context, 0, y * TILE, map.width * TILE, y * TILE, y % 4 === 0 ? 7 : 3);
  paintCircle(context, (map.width * TILE) / 2, (map.height * TILE) / 2);
  // Shadows that overlap are no darker: all of them are one layer.
  const [shadows, shade] = picture(map);
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      const [x, y] = [(column + 0.5) * TILE, (row + 0.5) * TILE];
      if (map.letter(column, row) === 's') paintPad(context, x, y, 'rgb(120 180 255 / 16%)', 26);
      if (map.letter(column, row) === 'c') paintPad(context, x, y, 'rgb(255 200 90 / 16%)', 20);
      if (map.tile(column, row) === 'water') paintShore(context, map, column, row);
      if (map.tile(column, row) === 'wall') paintShadow(shade, map, column, row);
    }
  }
  context.globalAlpha = 0.5;
  context.drawImage(shadows, 0, 0, map.width * TILE, map.height * TILE);
  context.globalAlpha = 1;
}

function paintLight(context: CanvasRenderingContext2D, x: number, y: number, reach: number, colour: string): void {
  const light = context.createRadialGradient(x, y, 0, x, y, reach);
  light.addColorStop(0, `rgb(${colour} / 17%)`);
  light.addColorStop(1, `rgb(${colour} / 0%)`);
  context.fillStyle = light;
  context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
}

function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number, strength: number): void {
  context.strokeStyle = `rgb(150 180 240 / ${strength}%)`;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

function paintPlate(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.strokeStyle = 'rgb(150 180 240 / 9%)';
  context.lineWidth = 2;
  for (let stripe = 8; stripe <= 32; stripe += 6) {
    context.beginPath();
    context.moveTo(x + stripe, y + 10);
    context.lineTo(x + stripe, y + 30);
    context.stroke();
  }
}

function paintCircle(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.strokeStyle = 'rgb(120 160 255 / 7%)';
  for (const [radius, width] of [[250, 14], [222, 2], [330, 3]] as const) {
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function paintPad(context: CanvasRenderingContext2D, x: number, y: number, colour: string, radius: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 3;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([7, 6]);
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, radius + 7, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

function paintShore(context: CanvasRenderingContext2D, map: GameMap, column: number, row: number): void {
  const [x, y] = [column * TILE, row * TILE];
  const depth = context.createLinearGradient(x, y, x, y + TILE);
  const isEdge = map.tile(column, row - 1) !== 'water';
  depth.addColorStop(0, isEdge ? '#05222f' : '#0a3b4c');
  depth.addColorStop(isEdge ? 0.4 : 0.01, '#0a3b4c');
  depth.addColorStop(1, '#0b4356');
  context.fillStyle = depth;
  context.fillRect(x, y, TILE, TILE);
  context.fillStyle = 'rgb(110 235 240 / 38%)';
  for (const [dx, dy, left, top, width, height] of [
    [0, -1, 0, 0, TILE, 2], [0, 1, 0, TILE - 2, TILE, 2], [-1, 0, 0, 0, 2, TILE], [1, 0, TILE - 2, 0, 2, TILE],
  ] as const) {
    if (map.tile(column + dx, row + dy) !== 'water') context.fillRect(x + left, y + top, width, height);
  }
}

/** The shadow of a wall, to the lower right. */
function paintShadow(context: CanvasRenderingContext2D, map: GameMap, column: number, row: number): void {
  if (map.tile(column, row + 1) === 'wall' && map.tile(column + 1, row) === 'wall') return;
  const [x, y, length] = [column * TILE, row * TILE, 15];
  context.beginPath();
  for (const [dx, dy] of [[0, 0], [TILE, 0], [TILE + length, length], [TILE + length, TILE + length], [length, TILE + length], [0, TILE]] as const) {
    context.lineTo(x + dx, y + dy);
  }
  context.fill();
}

function paintWalls(context: CanvasRenderingContext2D, map: GameMap): void {
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      if (map.tile(column, row) !== 'wall') continue;
      const [x, y] = [column * TILE, row * TILE - RISE];
      const isOpen = (dx: number, dy: number) => map.tile(column + dx, row + dy) !== 'wall' || !map.has(column + dx, row + dy);
      const top = context.createLinearGradient(0, y, 0, y + TILE);
      top.addColorStop(0, '#3f4c74');
      top.addColorStop(1, '#36426a');
      context.fillStyle = top;
      context.fillRect(x, y, TILE, TILE);
      context.fillStyle = `rgb(255 255 255 / ${(chance(column + 90, row) * 4).toFixed(2)}%)`;
      context.fillRect(x, y, TILE, TILE);
      if (isOpen(0, 1)) {
        const side = context.createLinearGradient(0, y + TILE, 0, y + TILE + RISE);
        side.addColorStop(0, '#252e4c');
        side.addColorStop(1, '#141a2e');
        context.fillStyle = side;
        context.fillRect(x, y + TILE, TILE, RISE);
        context.fillStyle = 'rgb(140 165 235 / 50%)';
        context.fillRect(x, y + TILE - 1.5, TILE, 1.5);
      }
      context.fillStyle = 'rgb(160 185 255 / 55%)';
      if (isOpen(0, -1)) context.fillRect(x, y, TILE, 2);
      context.fillStyle = 'rgb(160 185 255 / 30%)';
      if (isOpen(-1, 0)) context.fillRect(x, y, 1.5, TILE);
      if (isOpen(1, 0)) context.fillRect(x + TILE - 1.5, y, 1.5, TILE);
      context.fillStyle = 'rgb(10 14 30 / 45%)';
      for (const [dx, dy] of [[8, 8], [32, 8], [8, 32], [32, 32]] as const) context.fillRect(x + dx - 1, y + dy - 1, 2.5, 2.5);
    }
  }
}

function drawWater(context: CanvasRenderingContext2D, map: GameMap, view: View, now: number): void {
  context.strokeStyle = 'rgb(130 240 250 / 26%)';
  context.lineWidth = 1.4;
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      const [x, y] = [column * TILE, row * TILE];
      if (map.tile(column, row) !== 'water' || !view.sees(x, y)) continue;
      const phase = now / 1400 + chance(column, row) * 6;
      for (const [base, length] of [[10, 16], [26, 22]] as const) {
        const shift = Math.sin(phase + base) * 5;
        const from = x + 9 + shift + chance(row, column + base) * 8;
        context.beginPath();
        context.moveTo(from, y + base);
        context.quadraticCurveTo(from + length / 4, y + base - 3, from + length / 2, y + base);
        context.quadraticCurveTo(from + (length * 3) / 4, y + base + 3, from + length, y + base);
        context.stroke();
      }
    }
  }
}

// The counterpart of `src/game/map.rs`.

/** The parts of a unit: positions are counted in them. */
export const UNIT = 16;
/** The width of a tile, in units and in their parts. */
export const TILE_UNITS = 40;
export const TILE = TILE_UNITS * UNIT;
/** Half the width of a tank towards walls, and its reach towards shells. */
export const HALF = 17 * UNIT;
export const RADIUS = 20;

export type Tile = 'floor' | 'wall' | 'water';

export class GameMap {
  readonly width: number;
  readonly height: number;
  readonly #rows: readonly string[];

  constructor(rows: readonly string[]) {
    this.#rows = rows;
    this.height = rows.length;
    this.width = rows[0]?.length ?? 0;
  }

  /** Returns true for a tile of the map: all around it counts as a wall. */
  has(column: number, row: number): boolean {
    return column >= 0 && column < this.width && row >= 0 && row < this.height;
  }

  /** The tile in a column and a row. */
  tile(column: number, row: number): Tile {
    const letter = this.letter(column, row);
    return letter === '#' ? 'wall' : letter === '~' ? 'water' : 'floor';
  }

  letter(column: number, row: number): string {
    return this.#rows[row]?.[column] ?? '#';
  }

  isWall(x: number, y: number): boolean {
    return this.tile(Math.floor(x / TILE), Math.floor(y / TILE)) === 'wall';
  }

  /** Moves a tank as far as it can go, and along what is in its way. */
  slide(x: number, y: number, dx: number, dy: number): [number, number] {
    const toX = this.#hasRoom(x + dx, y) ? x + dx : beside(x, dx);
    const toY = this.#hasRoom(toX, y + dy) ? y + dy : beside(y, dy);
    return [toX, toY];
  }

  #hasRoom(x: number, y: number): boolean {
    return [x - HALF, x + HALF - 1].every((edge) =>
      [y - HALF, y + HALF - 1].every((side) => this.tile(Math.floor(edge / TILE), Math.floor(side / TILE)) === 'floor'),
    );
  }
}

/** The last place before the tile that is in the way. */
function beside(from: number, step: number): number {
  if (step > 0) return Math.floor((from + step + HALF - 1) / TILE) * TILE - HALF;
  if (step < 0) return (Math.floor((from + step - HALF) / TILE) + 1) * TILE + HALF;
  return from;
}

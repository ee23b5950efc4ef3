// The counterpart of `src/game/angle.rs`: the same integers.

/** A whole turn, clockwise from the right. */
export const TURN = 1024;
const ONE = 14;
const COSINES = Int32Array.from({ length: TURN }, (_, angle) => Math.round(Math.cos((angle * 2 * Math.PI) / TURN) * (1 << ONE)));

export const within = (angle: number): number => ((angle % TURN) + TURN) % TURN;

/** The shorter way from one angle to another, negative to the left. */
export const between = (from: number, to: number): number => within(to - from + TURN / 2) - TURN / 2;

export const cos = (angle: number, length: number): number => (length * (COSINES[within(angle)] ?? 0)) >> ONE;
export const sin = (angle: number, length: number): number => cos(angle - TURN / 4, length);

/** The angle of a way. */
export const direction = (dx: number, dy: number): number => within(Math.round((Math.atan2(dy, dx) * TURN) / (2 * Math.PI)));

export const radians = (angle: number): number => (angle * 2 * Math.PI) / TURN;

const TURN = Math.PI * 2;

/** The turn from one angle to another, the short way round: between -π and π. */
export function turnBetween(from: number, to: number): number {
  const turn = (to - from) % TURN;
  if (turn > Math.PI) return turn - TURN;
  if (turn < -Math.PI) return turn + TURN;
  return turn;
}

/** How much of the way to a goal is gone in `seconds`, when `rate` parts of it are gone in one. */
export function ease(rate: number, seconds: number): number {
  return 1 - Math.exp(-rate * seconds);
}

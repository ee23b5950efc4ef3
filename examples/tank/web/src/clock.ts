/** Milliseconds of a tick, as in `src/arena.rs`. */
export const TICK = 33;

/** States are shown this many ticks late at least, so that there is one on either side of the moment, and at most. */
const LEAST = 1.6;
const MOST = 9;
/** A difference of so many milliseconds is another time. */
const LEAP = 600;

/** The server's time, as the arrival of its states tells it. */
export class Clock {
  /** The milliseconds between this clock and the server's tick 0, with the least delay seen. */
  #offset: number | undefined;
  /** How much the arrivals differ from it, on average. */
  #jitter = 8;

  arrived(tick: number, now: number): void {
    const offset = now - tick * TICK;
    if (this.#offset === undefined || Math.abs(offset - this.#offset) > LEAP) {
      this.#offset = offset;
      return;
    }
    const late = offset - this.#offset;
    // One that comes earlier knows better; one that comes later may only be late.
    this.#offset += late * (late < 0 ? 0.25 : 0.02);
    this.#jitter += (Math.abs(late) - this.#jitter) * 0.05;
  }

  /** The ticks by which the others are shown late. */
  get delay(): number {
    return Math.min(MOST, LEAST + (2.5 * this.#jitter) / TICK);
  }

  /** The tick, with its fraction, that is shown at a time. */
  shown(now: number): number {
    return this.#offset === undefined ? 0 : (now - this.#offset) / TICK - this.delay;
  }
}

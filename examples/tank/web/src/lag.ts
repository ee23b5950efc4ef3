/** The measurements that are kept. */
const LENGTH = 90;

/** The time from a command until a state that follows from it, as the page measures it. */
export class Lag {
  readonly #samples: number[] = [];
  #average: number | undefined;

  add(milliseconds: number): void {
    this.#samples.push(milliseconds);
    if (this.#samples.length > LENGTH) this.#samples.shift();
    this.#average = (this.#average ?? milliseconds) * 0.95 + milliseconds * 0.05;
  }

  /** Milliseconds, on average. */
  get average(): number | undefined {
    return this.#average;
  }

  get samples(): readonly number[] {
    return this.#samples;
  }
}

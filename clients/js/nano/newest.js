/** Keys whose newest push is remembered; those that came longest ago are forgotten. */
const KEYS = 4096;

/** The newest push of each key, for pushes that may arrive out of order. */
export class Newest {
  #sequences = new Map();

  /** Returns false for a push that arrives behind a newer one which replaces it. */
  admits({ sequence, key }) {
    if (key === 0) return true;
    const newest = this.#sequences.get(key);
    // The numbers begin anew after 2^32.
    if (newest !== undefined && ((sequence - newest) | 0) <= 0) return false;
    this.#sequences.delete(key);
    this.#sequences.set(key, sequence);
    if (this.#sequences.size > KEYS) this.#sequences.delete(this.#sequences.keys().next().value);
    return true;
  }
}

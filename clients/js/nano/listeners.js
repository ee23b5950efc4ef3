/** Lists of listeners, by what they listen to. */
export class Listeners {
  #lists = new Map();
  #report;

  /** `report` is called with what a listener throws, and with what its promise is rejected with. */
  constructor(report) {
    this.#report = report;
  }

  /** Adds a listener; returns a function that removes it. */
  add(key, listener) {
    // Lists are replaced, never changed: a listener may subscribe or unsubscribe while called.
    const entry = { listener };
    this.#lists.set(key, [...(this.#lists.get(key) ?? []), entry]);
    return () => {
      const rest = (this.#lists.get(key) ?? []).filter((other) => other !== entry);
      if (rest.length > 0) this.#lists.set(key, rest);
      else this.#lists.delete(key);
    };
  }

  /** Calls all listeners of `key`, in the order in which they were added. */
  call(key, ...values) {
    for (const { listener } of this.#lists.get(key) ?? []) {
      try {
        listener(...values)?.then?.(undefined, this.#report);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}

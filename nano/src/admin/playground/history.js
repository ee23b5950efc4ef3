// The messages that were sent, as this browser keeps them.

/** The messages that are kept, the characters of each, and those of its outcome. */
const MOST = 50;
const LONGEST = 8192;
const LONGEST_OUTCOME = 200;

/** The history of one app. Where the browser keeps nothing, it lasts as long as the page. */
export class History {
  #key;
  #entries;

  constructor(name) {
    this.#key = `nano-playground:${name}`;
    this.#entries = this.#read();
  }

  #read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.#key) ?? '[]');
      return found.filter(({ route, source }) => typeof route === 'string' && typeof source === 'string').slice(0, MOST);
    } catch {
      // It is no history, or nothing may be kept.
      return [];
    }
  }

  #write() {
    try {
      if (this.#entries.length) localStorage.setItem(this.#key, JSON.stringify(this.#entries));
      else localStorage.removeItem(this.#key);
    } catch {
      // There is no room, or nothing may be kept.
    }
  }

  /** The newest first: `{ route, source, outcome, ok }`. */
  get entries() {
    return this.#entries;
  }

  /** Adds a message with its outcome. The same message is there once. */
  add({ route, source, outcome, ok }) {
    if (source.length > LONGEST) return;
    const entry = { route, source, outcome: outcome.slice(0, LONGEST_OUTCOME), ok };
    const others = this.#entries.filter((other) => other.route !== route || other.source !== source);
    this.#entries = [entry, ...others].slice(0, MOST);
    this.#write();
  }

  clear() {
    this.#entries = [];
    this.#write();
  }
}

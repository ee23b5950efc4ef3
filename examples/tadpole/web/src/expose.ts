import type { Pond } from './pond.js';

/** A tadpole as `globalThis.pond` shows it. */
interface Shown {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  /** What it is saying; empty if nothing. */
  readonly text: string;
}

declare global {
  /** What is on the page, for end-to-end tests and the curious: copies, which change nothing. */
  var pond: {
    /** The id of the visitor's own tadpole. */
    readonly me: number | undefined;
    /** Everybody, where they are drawn, by id. */
    readonly tadpoles: ReadonlyMap<number, Shown>;
  };
}

export function expose(pond: Pond): void {
  globalThis.pond = Object.freeze({
    get me() {
      return pond.own?.id;
    },
    get tadpoles() {
      const entries = [...pond.tadpoles.values()].map(({ id, name, pose, speech }): [number, Shown] => [
        id,
        { x: pose.x, y: pose.y, name, text: speech.text },
      ]);
      return new Map(entries);
    },
  });
}

import type { Arena } from './arena.js';
import type { View } from './view.js';

/** A tank as `globalThis.tank` shows it, in units and radians. */
interface Shown {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Where it is on the screen, in pixels. */
  readonly screen: readonly [x: number, y: number];
  readonly health: number;
  readonly shield: number;
  readonly kills: number;
  readonly deaths: number;
}

declare global {
  /** What is on the page, for end-to-end tests and the curious: copies, which change nothing. */
  var tank: {
    /** The name of the own tank's pilot. */
    readonly me: string | undefined;
    /** The own tank has been destroyed, or is not there yet. */
    readonly isDown: boolean;
    /** All tanks, where they are drawn. */
    readonly tanks: readonly Shown[];
    readonly shells: number;
    /** The times that the server's state of the own tank was another than the predicted one. */
    readonly corrections: number;
    /** Commands that the server has not followed yet, and milliseconds until it does. */
    readonly pending: number;
    readonly lag: number | undefined;
  };
}

export function expose(current: () => Arena | undefined, view: View): void {
  globalThis.tank = Object.freeze({
    get me() {
      const arena = current();
      return arena?.pilots.get(arena.id)?.name;
    },
    get isDown() {
      return !current()?.own;
    },
    get tanks() {
      const arena = current();
      return (arena?.tanks() ?? []).map(({ id, name, x, y, health, shield }) => {
        const { kills = 0, deaths = 0 } = arena?.pilots.get(id) ?? {};
        return { name, x, y, screen: view.toScreen(x, y), health, shield, kills, deaths };
      });
    },
    get shells() {
      return current()?.shells.all.length ?? 0;
    },
    get corrections() {
      return current()?.prediction.corrections ?? 0;
    },
    get pending() {
      return current()?.prediction.pending ?? 0;
    },
    get lag() {
      return current()?.lag.average;
    },
  });
}

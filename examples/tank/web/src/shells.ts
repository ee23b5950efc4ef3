import { TICK } from './clock.js';
import { Flight } from './game/flight.js';
import type { GameMap } from './game/map.js';
import type { Shot } from './gen/tank_pb.js';

/** The ticks over which an own shell passes from the time of the own tank to the time in which the others are shown. */
const PASSAGE = 24;
/** The ticks for which the server may leave an own shot unconfirmed. */
const PATIENCE = 40;

/** A shell in the air. */
export class Shell {
  /** The number that the server gave it, once it is known. */
  id: number | undefined;
  tick: number | undefined;
  readonly owner: number;
  /** The owner's command, if the owner is this page. */
  readonly seq: number | undefined;
  readonly flight: Flight;
  /** The time of the shot, by the clock of the page. */
  readonly at: number;
  /** The ticks since the shot, as it is shown. */
  age = 0;

  constructor(owner: number, seq: number | undefined, flight: Flight, at: number) {
    this.owner = owner;
    this.seq = seq;
    this.flight = flight;
    this.at = at;
  }
}

/** All shells: those that the server told of, and the own ones, which fly as soon as the gun fires. */
export class Shells {
  readonly #map: GameMap;
  #flying: Shell[] = [];

  constructor(map: GameMap) {
    this.#map = map;
  }

  get all(): readonly Shell[] {
    return this.#flying;
  }

  /** The own gun fired, as far as this page knows. */
  fire(owner: number, seq: number, x: number, y: number, aim: number, now: number): void {
    this.#flying.push(new Shell(owner, seq, new Flight(x, y, aim, this.#map), now));
  }

  /** The server tells of a shot. */
  add(shot: Shot, isOwn: boolean, now: number): Shell {
    const own = isOwn ? this.#flying.find(({ seq, id }) => seq === shot.seq && id === undefined) : undefined;
    const shell = own ?? new Shell(shot.owner, undefined, new Flight(shot.x, shot.y, shot.aim, this.#map), now);
    shell.id = shot.shell;
    shell.tick = shot.tick;
    if (!own) this.#flying.push(shell);
    return shell;
  }

  /** A shell hit something. Returns it, if it was still in the air. */
  end(id: number): Shell | undefined {
    const ended = this.#flying.find((shell) => shell.id === id);
    this.#flying = this.#flying.filter((shell) => shell !== ended);
    return ended;
  }

  /** Moves all shells on; `shown` is the tick in which the others are shown. Returns those that have come to their end. */
  move(shown: number, now: number): Shell[] {
    for (const shell of this.#flying) shell.age = age(shell, shown, now);
    const isSpent = ({ id, age, flight }: Shell) => age > flight.length || (id === undefined && age > PATIENCE);
    const spent = this.#flying.filter(isSpent);
    if (spent.length > 0) this.#flying = this.#flying.filter((shell) => !isSpent(shell));
    return spent;
  }
}

function age({ seq, tick, at }: Shell, shown: number, now: number): number {
  // In the tick of the shot the shell flies already.
  const there = tick === undefined ? undefined : shown - tick + 1;
  if (seq === undefined) return there ?? 0;
  const here = (now - at) / TICK;
  if (there === undefined) return here;
  return here + (there - here) * Math.min(1, here / PASSAGE);
}

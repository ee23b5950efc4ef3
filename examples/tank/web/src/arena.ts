import { Clock, TICK } from './clock.js';
import { radians } from './game/angle.js';
import { HEALTH, type Command } from './game/body.js';
import { GameMap, TILE_UNITS, UNIT } from './game/map.js';
import type { Crate, Hit, Kill, Left, Pilot, Shot, Spawn, State, Taken, Tank, Welcome } from './gen/tank_pb.js';
import { History } from './history.js';
import type { Wish } from './input.js';
import { Lag } from './lag.js';
import { Prediction } from './prediction.js';
import { Shells } from './shells.js';

/** Milliseconds without a frame after which time passes without one, as in a page that nobody looks at. */
const UNSEEN = 500;
/** The commands that a frame makes at most: after a pause nothing is made up for. */
const MOST_STEPS = 4;

/** A tank as it is drawn: places in units, angles in radians. */
export interface Drawn {
  readonly id: number;
  readonly name: string;
  readonly hue: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly aim: number;
  readonly speed: number;
  /** 0 to 1. */
  readonly health: number;
  readonly shield: number;
  readonly boost: number;
  readonly away: boolean;
  readonly isOwn: boolean;
}

/** What the page shows and sounds of the arena's events. Places are in units. */
export interface ArenaListener {
  onFired(x: number, y: number, aim: number, isOwn: boolean): void;
  onSpent(x: number, y: number): void;
  onHurt(x: number, y: number, tank: number, isOwn: boolean): void;
  onDestroyed(x: number, y: number, kill: Kill): void;
  onAppeared(x: number, y: number, hue: number): void;
  onTaken(x: number, y: number, isOwn: boolean): void;
  /** Somebody came or left, or a score is another. */
  onPilots(): void;
}

/** The arena as the page knows it: what the server told, and the own tank ahead of it. */
export class Arena {
  readonly id: number;
  readonly map: GameMap;
  readonly pilots = new Map<number, Pilot>();
  readonly crates = new Map<number, Crate>();
  readonly history = new History();
  readonly prediction: Prediction;
  readonly shells: Shells;
  readonly clock = new Clock();
  readonly lag = new Lag();
  readonly #listener: ArenaListener;
  /** What has happened, and is shown when the others have come as far. */
  #news: { tick: number; show: () => void }[] = [];
  /** Where each tank was drawn last. */
  readonly #places = new Map<number, [x: number, y: number]>();
  #shown = 0;
  #movedAt = 0;
  #time = 0;
  #aim = 0;

  constructor(welcome: Welcome, listener: ArenaListener, now: number) {
    this.id = welcome.id;
    this.map = new GameMap(welcome.rows);
    this.prediction = new Prediction(this.map);
    this.shells = new Shells(this.map);
    this.#listener = listener;
    for (const pilot of welcome.pilots) this.pilots.set(pilot.id, pilot);
    for (const crate of welcome.crates) this.crates.set(crate.id, crate);
    for (const shot of welcome.shots) this.shells.add(shot, false, now);
    listener.onPilots();
  }

  /** Width and height in units. */
  get size(): [number, number] {
    return [this.map.width * TILE_UNITS, this.map.height * TILE_UNITS];
  }

  /** Where a tank was drawn last; the middle of the arena, if it never was. */
  place(id: number): [x: number, y: number] {
    return this.#places.get(id) ?? [this.size[0] / 2, this.size[1] / 2];
  }

  /** The own tank as the server has it; undefined while it is destroyed. */
  get own(): Tank | undefined {
    return this.history.newest(this.id);
  }

  state(state: State, now: number): void {
    if (!this.history.add(state)) return;
    this.clock.arrived(state.tick, now);
    if (now - this.#movedAt > UNSEEN) this.#pass(now);
    const own = this.own;
    if (!own) return this.prediction.stop();
    const lag = this.prediction.reconcile(own, now);
    if (lag !== undefined) this.lag.add(lag);
  }

  shot(shot: Shot, now: number): void {
    const isOwn = shot.owner === this.id;
    const shell = this.shells.add(shot, isOwn, now);
    // The own gun has been heard already.
    if (shell.seq !== undefined) return;
    this.#later(shot.tick, () => this.#listener.onFired(shot.x / UNIT, shot.y / UNIT, radians(shot.aim), isOwn));
  }

  hit(hit: Hit): void {
    this.#later(hit.tick, () => {
      const shell = this.shells.end(hit.shell);
      const at = shell?.flight.at(shell.age) ?? this.#places.get(hit.tank);
      if (at) this.#listener.onHurt(at[0], at[1], hit.tank, hit.tank === this.id);
    });
  }

  killed(kill: Kill): void {
    const show = () => {
      const [victim, killer] = [this.pilots.get(kill.tank), this.pilots.get(kill.by)];
      if (victim) victim.deaths = kill.deaths;
      if (killer && kill.by !== kill.tank) killer.kills = kill.kills;
      const at = this.#places.get(kill.tank);
      if (at) this.#listener.onDestroyed(at[0], at[1], kill);
      this.#listener.onPilots();
    };
    // The own tank is gone already, as it was ahead.
    if (kill.tank === this.id) show();
    else this.#later(kill.tick, show);
  }

  spawned(spawn: Spawn): void {
    const hue = this.pilots.get(spawn.tank)?.hue ?? 0;
    this.#later(spawn.tick, () => this.#listener.onAppeared(spawn.x / UNIT, spawn.y / UNIT, hue));
  }

  placed(crate: Crate): void {
    this.#later(crate.tick, () => this.crates.set(crate.id, crate));
  }

  taken(taken: Taken): void {
    this.#later(taken.tick, () => {
      const crate = this.crates.get(taken.id);
      this.crates.delete(taken.id);
      if (crate) this.#listener.onTaken(crate.x / UNIT, crate.y / UNIT, taken.tank === this.id);
    });
  }

  joined(pilot: Pilot): void {
    this.pilots.set(pilot.id, pilot);
    this.#listener.onPilots();
  }

  left({ tank }: Left): void {
    this.pilots.delete(tank);
    this.#places.delete(tank);
    this.#listener.onPilots();
  }

  /** Lets time pass. `wish` is asked for each command, and `drive` sends it; without a connection there is none. */
  move(now: number, seconds: number, wish: () => Wish, drive: ((command: Command) => void) | undefined): void {
    this.#time += seconds * 1000;
    for (let steps = 0; this.#time >= TICK; steps++) {
      this.#time -= TICK;
      if (steps >= MOST_STEPS || !drive) continue;
      const step = this.prediction.step(wish(), now);
      if (step) this.#drove(step[0], step[1], now, drive);
    }
    this.prediction.fade(seconds);
    this.#pass(now);
  }

  /** All tanks that are in the arena: the others a little late, the own one ahead. */
  tanks(): Drawn[] {
    const drawn: Drawn[] = [];
    for (const { x, y, heading, aim, speed, tank } of this.history.at(this.#shown)) {
      if (tank.id === this.id || !this.pilots.has(tank.id)) continue;
      drawn.push(this.#drawn(tank, x, y, heading, aim, speed / UNIT));
    }
    const [own, pose] = [this.own, this.prediction.pose(this.#time / TICK)];
    // On top of the others.
    if (own && pose) drawn.push(this.#drawn(own, pose.x, pose.y, pose.heading, this.#aim, pose.speed / UNIT));
    for (const { id, x, y } of drawn) this.#places.set(id, [x, y]);
    return drawn;
  }

  #drove(command: Command, fires: boolean, now: number, drive: (command: Command) => void): void {
    this.#aim = command.aim;
    drive(command);
    const body = this.prediction.body;
    if (!fires || !body) return;
    this.shells.fire(this.id, command.seq, body.x, body.y, command.aim, now);
    this.#listener.onFired(body.x / UNIT, body.y / UNIT, radians(command.aim), true);
  }

  /** Shows what has happened by now. */
  #pass(now: number): void {
    this.#movedAt = now;
    this.#shown = this.clock.shown(now);
    const due = this.#news.filter(({ tick }) => tick <= this.#shown);
    this.#news = this.#news.filter(({ tick }) => tick > this.#shown);
    for (const { show } of due) show();
    for (const { flight } of this.shells.move(this.#shown, now)) this.#listener.onSpent(...flight.at(flight.length));
  }

  #drawn(tank: Tank, x: number, y: number, heading: number, aim: number, speed: number): Drawn {
    const { id, shield, boost, away } = tank;
    const { name = '', hue = 0 } = this.pilots.get(id) ?? {};
    const isOwn = id === this.id;
    const health = tank.health / HEALTH;
    return { id, name, hue, x, y, heading: radians(heading), aim: radians(aim), speed, health, shield, boost, away, isOwn };
  }

  #later(tick: number, show: () => void): void {
    this.#news.push({ tick, show });
  }
}

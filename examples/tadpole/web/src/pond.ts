import type { Tadpole as Newcomer, Welcome } from './gen/pond_pb.js';
import { Reporter } from './reporter.js';
import { Swimmer } from './swimmer.js';
import { Tadpole } from './tadpole.js';
import type { Pose } from './track.js';

const NOWHERE: Pose = { x: 0, y: 0, angle: 0, momentum: 0 };

/** How many fade at a time: nothing does while the page is hidden, and others go on leaving. */
const MOST_LEAVING = 100;

/** The visitor's own part in the pond. */
export interface Own {
  readonly id: number;
  readonly swimmer: Swimmer;
  readonly reporter: Reporter;
}

/** Who is in the pond, as far as the page knows. */
export class Pond {
  readonly tadpoles = new Map<number, Tadpole>();
  /** Those that have left and are still fading. */
  readonly leaving = new Set<Tadpole>();
  radius = 1200;
  own: Own | undefined;

  /** Starts anew with what the server says. */
  welcome(welcome: Welcome, send: (pose: Pose) => void, now: number): void {
    this.empty();
    this.radius = welcome.radius;
    for (const tadpole of welcome.tadpoles) this.add(tadpole, now);
    const start = this.tadpoles.get(welcome.id)?.pose ?? NOWHERE;
    this.own = {
      id: welcome.id,
      swimmer: new Swimmer(start, welcome.radius, welcome.speed),
      reporter: new Reporter(start, send),
    };
  }

  add({ id, name, hue, position }: Newcomer, now: number): Tadpole {
    this.remove(id);
    const tadpole = new Tadpole(id, name, hue, { ...NOWHERE, ...position }, now);
    this.tadpoles.set(id, tadpole);
    return tadpole;
  }

  remove(id: number): Tadpole | undefined {
    const tadpole = this.tadpoles.get(id);
    if (!tadpole) return undefined;
    this.tadpoles.delete(id);
    this.leaving.add(tadpole);
    if (this.leaving.size > MOST_LEAVING) for (const first of this.leaving) {
      this.leaving.delete(first);
      break;
    }
    tadpole.leave();
    return tadpole;
  }

  /** Lets everybody fade away. */
  empty(): void {
    this.own = undefined;
    for (const id of [...this.tadpoles.keys()]) this.remove(id);
  }

  /** Moves everybody on by `seconds`, to where they are at `now`. */
  move(now: number, seconds: number, calm: boolean): void {
    for (const tadpole of this.tadpoles.values()) {
      const own = this.own?.id === tadpole.id ? this.own.swimmer.pose : undefined;
      tadpole.move({ ...(own ?? tadpole.track.at(now)) }, seconds, calm);
      tadpole.speech.pass(seconds);
    }
    for (const tadpole of this.leaving) {
      tadpole.move(tadpole.pose, seconds, calm);
      tadpole.speech.pass(seconds);
      if (tadpole.gone) this.leaving.delete(tadpole);
    }
  }
}

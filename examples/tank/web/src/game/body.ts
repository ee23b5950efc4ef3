// The counterpart of `src/game/tank.rs`.
import { between, cos, sin, TURN, within } from './angle.js';
import type { GameMap } from './map.js';

export const HEALTH = 100;
export const THROTTLE = 16;
const SPEED = 112;
const REVERSE = 80;
const ACCELERATION = 16;
const BRAKE = 32;
const STEER = 34;
const BEHIND = 330;
const RELOAD = 14;
const RELOAD_BOOSTED = 7;

/** What the hands want for one tick. */
export interface Command {
  seq: number;
  heading: number;
  throttle: number;
  aim: number;
  fire: boolean;
}

/** The part of a tank that its own commands change, and nothing else does but other tanks that push it. */
export interface Body {
  x: number;
  y: number;
  heading: number;
  speed: number;
  reload: number;
  boost: number;
}

const limit = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/** The body after a command, and whether the gun fires. */
export function follow(body: Body, command: Command, map: GameMap): [body: Body, fires: boolean] {
  let { x, y, heading, speed, reload, boost } = body;
  let wanted = 0;
  if (command.throttle > 0) {
    let turn = between(heading, command.heading);
    let most = SPEED;
    if (Math.abs(turn) > BEHIND) {
      turn = between(heading, command.heading + TURN / 2);
      most = -REVERSE;
    }
    heading = within(heading + limit(turn, STEER));
    wanted = Math.trunc((cos(turn, most) * command.throttle) / THROTTLE);
  }
  speed += limit(wanted - speed, Math.abs(wanted) > Math.abs(speed) ? ACCELERATION : BRAKE);
  [x, y] = map.slide(x, y, cos(heading, speed), sin(heading, speed));
  boost = Math.max(0, boost - 1);
  reload = Math.max(0, reload - 1);
  const fires = command.fire && reload === 0;
  if (fires) reload = boost > 0 ? RELOAD_BOOSTED : RELOAD;
  return [{ x, y, heading, speed, reload, boost }, fires];
}

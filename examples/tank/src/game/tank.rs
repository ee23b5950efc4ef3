//! The movement of a tank, and its gun.

use super::UNIT;
use super::angle::{between, cos, sin, within};
use super::commands::{Command, THROTTLE};
use super::map::{Map, Point};

/// Half the width of a tank, which is a square towards walls.
pub(crate) const HALF: i32 = 17 * UNIT;
/// The reach of a tank towards shells and other tanks.
pub(crate) const RADIUS: i32 = 20 * UNIT;
pub(crate) const HEALTH: i32 = 100;

/// The way of a tick at full speed, and that in reverse.
const SPEED: i32 = 7 * UNIT;
const REVERSE: i32 = 5 * UNIT;
/// The change of speed in a tick.
const ACCELERATION: i32 = UNIT;
const BRAKE: i32 = 2 * UNIT;
/// The change of heading in a tick.
const STEER: i32 = 34;
/// A heading that differs by more than this is driven to in reverse.
const BEHIND: i32 = 330;
/// The ticks between two shots.
const RELOAD: i32 = 14;
const RELOAD_BOOSTED: i32 = 7;

/// The part of a tank that its own commands change, and nothing else does but other tanks that push it: so its client can
/// compute it ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) at: Point,
    pub(crate) heading: i32,
    /// Negative backwards.
    pub(crate) speed: i32,
    /// The ticks until the gun is loaded.
    pub(crate) reload: i32,
    /// The ticks for which it loads faster.
    pub(crate) boost: i32,
}

impl Body {
    /// Follows a command for a tick. Returns `true` if the gun fires.
    pub(crate) fn follow(&mut self, command: &Command, map: &Map) -> bool {
        let mut wanted = 0;
        if command.throttle > 0 {
            let turn = between(self.heading, command.heading);
            let (turn, most) = if turn.abs() > BEHIND {
                (between(self.heading, command.heading + super::TURN / 2), -REVERSE)
            } else {
                (turn, SPEED)
            };
            self.heading = within(self.heading + turn.clamp(-STEER, STEER));
            // It slows down to turn.
            wanted = cos(turn, most) * command.throttle / THROTTLE;
        }
        let change = if wanted.abs() > self.speed.abs() { ACCELERATION } else { BRAKE };
        self.speed += (wanted - self.speed).clamp(-change, change);
        self.at = map.slide(self.at, cos(self.heading, self.speed), sin(self.heading, self.speed));

        self.boost = (self.boost - 1).max(0);
        self.reload = (self.reload - 1).max(0);
        let fires = command.fire && self.reload == 0;
        if fires {
            self.reload = if self.boost > 0 { RELOAD_BOOSTED } else { RELOAD };
        }
        fires
    }
}

#[cfg(test)]
mod tests;

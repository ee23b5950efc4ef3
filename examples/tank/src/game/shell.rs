//! Shells: they fly straight on, bounce off one wall, and end at the next.

use super::UNIT;
use super::angle::{cos, sin};
use super::map::{Map, Point};

/// A tick has two steps, in none of which a shell flies through a wall or a tank.
pub(super) const STEPS: u32 = 2;
const SPEED: i32 = 10 * UNIT;
/// The ticks of its flight.
const LIFE: u32 = 45;

/// A shot, from which all of the shell's way follows, until it hits a tank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shot {
    pub(crate) tick: u32,
    pub(crate) shell: u32,
    pub(crate) owner: u32,
    /// The command of its owner.
    pub(crate) seq: u32,
    pub(crate) at: Point,
    pub(crate) aim: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shell {
    pub(super) shot: Shot,
    pub(super) at: Point,
    dx: i32,
    dy: i32,
    steps: u32,
    has_bounced: bool,
}

impl Shell {
    pub(super) fn new(shot: Shot) -> Self {
        let (dx, dy) = (cos(shot.aim, SPEED), sin(shot.aim, SPEED));
        Self { shot, at: shot.at, dx, dy, steps: 0, has_bounced: false }
    }

    /// Flies on for one step. Returns `false` at the end of its way.
    pub(super) fn fly(&mut self, map: &Map) -> bool {
        self.steps += 1;
        if self.steps > LIFE * STEPS {
            return false;
        }
        let aside = map.is_wall(Point { x: self.at.x + self.dx, y: self.at.y });
        let ahead = map.is_wall(Point { x: self.at.x, y: self.at.y + self.dy });
        // It meets the very corner of a wall.
        let corner = map.is_wall(Point { x: self.at.x + self.dx, y: self.at.y + self.dy });
        if aside || ahead || corner {
            if self.has_bounced {
                return false;
            }
            self.has_bounced = true;
            let is_corner = !aside && !ahead;
            self.dx = if aside || is_corner { -self.dx } else { self.dx };
            self.dy = if ahead || is_corner { -self.dy } else { self.dy };
            return true;
        }
        self.at.x += self.dx;
        self.at.y += self.dy;
        true
    }

    /// Returns `true` if the shell can hurt this tank: its owner only from behind, as it were.
    pub(super) fn hurts(&self, tank: u32) -> bool {
        self.has_bounced || self.shot.owner != tank
    }
}

#[cfg(test)]
mod tests;

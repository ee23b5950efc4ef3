//! One tadpole, as the server knows it: its client's reports are accepted within limits.

use std::time::Duration;

use tokio::time::Instant;

use super::proto::{Move, Position, Tadpole};
use crate::allowance::Allowance;

/// The distance from the middle to the end of the water.
pub(crate) const RADIUS: f32 = 1200.0;

/// The highest speed of a tadpole, in units per second.
pub(crate) const SPEED: f32 = 260.0;

/// The factor by which the network may change the time between two updates of an honest client.
const SLACK: f32 = 1.5;

/// Three at once, then one in a second and a half.
const WORDS_AT_ONCE: u8 = 3;
const WORDS_INTERVAL: Duration = Duration::from_millis(1500);

/// A visitor's tadpole; it is kept in the visitor's session and ends with it.
#[derive(Clone, Debug)]
pub(crate) struct Swimmer {
    id: u32,
    name: String,
    hue: u32,
    position: Position,
    moved: bool,
    way: Allowance,
    words: Allowance,
}

impl Swimmer {
    pub(crate) fn new(id: u32, name: String, hue: u32, now: Instant) -> Self {
        Self {
            id,
            name,
            hue: hue % 360,
            position: start(id),
            moved: false,
            way: Allowance::new(SPEED * SLACK, SPEED * SLACK, now),
            words: Allowance::times(WORDS_AT_ONCE, WORDS_INTERVAL, now),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn tadpole(&self) -> Tadpole {
        let position = Some(self.position);
        Tadpole { id: self.id, name: self.name.clone(), hue: self.hue, position }
    }

    /// Moves to the client's position, or as far in that direction as a tadpole can have come. Returns `false` for
    /// a position that is not finite.
    pub(crate) fn swim(&mut self, to: Position, now: Instant) -> bool {
        let Position { x, y, angle, momentum } = to;
        if ![x, y, angle, momentum].into_iter().all(f32::is_finite) {
            return false;
        }
        let (x, y) = within(RADIUS, x, y);
        let (dx, dy) = (x - self.position.x, y - self.position.y);
        let way = dx.hypot(dy);
        let part = if way > 0.0 { self.way.take_up_to(way, now) / way } else { 0.0 };
        let position = Position {
            x: self.position.x + dx * part,
            y: self.position.y + dy * part,
            angle: angle.rem_euclid(std::f32::consts::TAU),
            momentum: momentum.clamp(0.0, SPEED),
        };
        self.moved |= position != self.position;
        self.position = position;
        true
    }

    /// Its move since the last call, if there was one.
    pub(crate) fn take_move(&mut self) -> Option<Move> {
        let moved = std::mem::take(&mut self.moved);
        moved.then_some(Move { id: self.id, position: Some(self.position) })
    }

    /// Returns `true` if the tadpole may say something more by now.
    pub(crate) fn may_speak(&mut self, now: Instant) -> bool {
        self.words.take(1.0, now)
    }
}

/// Newcomers start around the middle, each a golden angle further, so that they see each other and
/// do not sit on one another.
fn start(id: u32) -> Position {
    let turn = (f64::from(id) * 2.399_963_2) % std::f64::consts::TAU;
    let angle = turn as f32;
    let distance = 60.0 + (id % 8) as f32 * 24.0;
    Position { x: distance * angle.cos(), y: distance * angle.sin(), angle, momentum: 0.0 }
}

/// The point itself, or the nearest one on the circle if it is outside.
fn within(radius: f32, x: f32, y: f32) -> (f32, f32) {
    let distance = x.hypot(y);
    // Finite values may have an infinite distance: that point is too far to have a direction.
    if distance.is_infinite() {
        return (0.0, 0.0);
    }
    let part = if distance > radius { radius / distance } else { 1.0 };
    (x * part, y * part)
}

#[cfg(test)]
mod tests;

//! The movement of a bot: in arcs that change now and then, never far from the middle.

use std::f32::consts::{PI, TAU};
use std::time::Duration;

use crate::pond::proto::Position;

/// The distance from the middle at which a bot turns back.
const HOME: f32 = 480.0;
/// Radians per second, for an arc and for the way home.
const ARC: f32 = 1.2;
const HOMEWARD: f32 = 1.6;
/// Seconds that an arc takes, at least and at most.
const LASTS: (f32, f32) = (0.6, 2.8);

/// The position of a bot, and its current arc.
#[derive(Debug)]
pub(super) struct Body {
    position: Position,
    top_speed: f32,
    speed: f32,
    turn: f32,
    left: f32,
}

impl Body {
    pub(super) fn new(start: Position, top_speed: f32) -> Self {
        Self { position: start, top_speed, speed: 0.0, turn: 0.0, left: 0.0 }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Goes on for as long as `step`.
    pub(super) fn swim(&mut self, step: Duration) {
        let seconds = step.as_secs_f32();
        self.left -= seconds;
        if self.left <= 0.0 {
            self.left = LASTS.0 + fastrand::f32() * (LASTS.1 - LASTS.0);
            self.turn = (fastrand::f32() * 2.0 - 1.0) * ARC;
            // A tadpole rests now and then.
            let rests = fastrand::u32(0..5) == 0;
            self.speed = if rests { 0.0 } else { self.top_speed * (0.2 + 0.4 * fastrand::f32()) };
        }

        let Position { x, y, angle, momentum } = self.position;
        let turn = if x.hypot(y) > HOME { homeward(x, y, angle) * HOMEWARD } else { self.turn };
        let angle = (angle + turn * seconds).rem_euclid(TAU);
        // It gathers way and glides to a stop.
        let momentum = momentum + (self.speed - momentum) * (2.5 * seconds).min(1.0);
        self.position = Position {
            x: x + angle.cos() * momentum * seconds,
            y: y + angle.sin() * momentum * seconds,
            angle,
            momentum,
        };
    }
}

/// Returns the direction in which to turn towards the middle: 1 or -1.
fn homeward(x: f32, y: f32, angle: f32) -> f32 {
    let difference = (y.atan2(x) + PI - angle + PI).rem_euclid(TAU) - PI;
    difference.signum()
}

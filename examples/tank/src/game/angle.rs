//! Angles: 1,024ths of a turn, clockwise from the right, because y grows downwards.

use std::f64::consts::TAU;
use std::sync::LazyLock;

/// A whole turn.
pub(crate) const TURN: i32 = 1024;

/// The one that cosines and sines are parts of, as a number of bits.
const ONE: i32 = 14;

static COSINES: LazyLock<Vec<i32>> = LazyLock::new(|| {
    let cosine = |angle: i32| (f64::from(angle) * TAU / f64::from(TURN)).cos();
    (0..TURN).map(|angle| (cosine(angle) * f64::from(1 << ONE)).round() as i32).collect()
});

/// The angle in the first turn.
pub(super) fn within(angle: i32) -> i32 {
    angle.rem_euclid(TURN)
}

/// The shorter way from one angle to another, negative to the left.
pub(super) fn between(from: i32, to: i32) -> i32 {
    within(to - from + TURN / 2) - TURN / 2
}

/// The part of `length` that an angle leaves in the direction of 0, rounded down.
pub(super) fn cos(angle: i32, length: i32) -> i32 {
    (length * COSINES[within(angle) as usize]) >> ONE
}

/// The part of `length` that an angle leaves in the direction of a quarter turn, rounded down.
pub(super) fn sin(angle: i32, length: i32) -> i32 {
    cos(angle - TURN / 4, length)
}

/// The angle of a way.
pub(crate) fn direction(dx: i32, dy: i32) -> i32 {
    within((f64::from(dy).atan2(f64::from(dx)) * f64::from(TURN) / TAU).round() as i32)
}

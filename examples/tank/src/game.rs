//! The game: an arena of tanks, without clock, messages or players.
//!
//! All is integers, and chance comes from a seed, so that the same commands give the same game on every machine. The page has
//! the movement of tanks and shells once more (`web/src/game`), and computes the same from the same commands: `trace.txt` is
//! what the tests of both compare with.

mod angle;
mod commands;
mod map;
mod shell;
mod tank;
mod world;

pub(crate) use angle::{TURN, direction};
pub(crate) use commands::{Command, Refusal, THROTTLE};
pub(crate) use map::{Map, Point, TILE};
pub(crate) use shell::Shot;
#[cfg(test)]
pub(crate) use tank::{Body, HEALTH};
pub(crate) use world::{Crate, CrateKind, Event, Tank, World};

/// The parts of a unit: positions are counted in them.
pub(crate) const UNIT: i32 = 16;

#[cfg(test)]
mod tests;

//! Tests that cross crates. One binary: linking is what takes the time.

mod codec;
mod house;
mod promises;

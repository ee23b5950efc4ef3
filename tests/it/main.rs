//! Tests that cross crates. One binary: linking is what takes the time.

mod agreement;
mod client;
mod codec;
mod hostile;
mod house;
mod promises;
mod runtime;
mod traps;
mod ui;

//! Tests that cross crates. They are one binary, because linking takes most of the time.

mod agreement;
mod client;
mod codec;
mod hostile;
mod house;
mod promises;
mod runtime;
mod traps;

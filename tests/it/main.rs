//! Tests.

mod codec;
mod hostile;
mod traps;

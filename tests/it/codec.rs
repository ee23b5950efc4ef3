//! Tests of the codec: bytes of other implementations, any split of a stream, and hostile input.

mod golden;
mod no_panics;
mod properties;
mod traps;
mod vectors;

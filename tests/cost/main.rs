//! The cost of a message and of a session in what can be counted exactly: allocations, system calls, encodings.
//!
//! A test program of its own, because its allocator counts. Everything runs on the thread of the test, whose
//! allocations are the ones that count.

mod gates;
mod idle;
mod messages;
mod peer;
mod pushes;
mod sessions;

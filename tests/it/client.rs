//! Tests of the Rust client and the test kit against the real server.

mod dialects;
mod lifetime;
mod server;
mod sockets;
mod typed;

//! Peers that break the rules: what the server does, and that everybody else's game goes on.

mod handlers;
mod handshake;
mod packets;
mod scene;

pub(crate) use scene::{Scene, packet};

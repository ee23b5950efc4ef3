//! Peers that break the rules: what the server does, and that everybody else's game goes on.

mod closing;
mod deadlines;
mod floods;
mod handlers;
mod handshake;
mod packets;
mod readers;
mod scene;
mod scripts;
mod websocket;

pub(crate) use scene::{Scene, packet};

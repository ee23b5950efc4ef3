//! Tests with peers that break the rules: the server's reaction, and the undisturbed game of all others.

mod closing;
mod deadlines;
mod floods;
mod handlers;
mod handshake;
mod logs;
mod packets;
mod rates;
mod readers;
mod scene;
mod scripts;
mod websocket;

pub(crate) use scene::{Scene, packet};

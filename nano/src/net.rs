//! Connections: from a socket to the codec and back, one task each.

mod accept;
mod connection;
mod deadline;
pub(crate) mod dialect;
mod handshake;
mod listener;
pub(crate) mod outbound;
mod sweeper;
mod tcp;
mod transport;
mod upgrade;
mod websocket;

pub(crate) use accept::accept;
pub(crate) use connection::serve;
pub use listener::Listener;
pub(crate) use listener::Protocol;
pub(crate) use sweeper::{Clock, sweep};
pub use tcp::Tcp;
pub(crate) use transport::Stream;
#[cfg(feature = "axum")]
pub(crate) use upgrade::response;
pub use websocket::WebSocket;
pub(crate) use websocket::WebSocketStream;

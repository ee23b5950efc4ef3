use std::fmt;

use super::{Tcp, WebSocket};

/// An address an app listens on, with the protocol spoken there: made from [`Tcp`] or
/// [`WebSocket`].
#[derive(Clone, Debug)]
pub struct Listener {
    pub(crate) addr: String,
    pub(crate) protocol: Protocol,
}

/// How packets travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    WebSocket { path: String },
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("tcp"),
            Self::WebSocket { path } => write!(f, "websocket at {path}"),
        }
    }
}

impl From<Tcp> for Listener {
    fn from(tcp: Tcp) -> Self {
        Self { addr: tcp.addr, protocol: Protocol::Tcp }
    }
}

impl From<WebSocket> for Listener {
    fn from(websocket: WebSocket) -> Self {
        Self { addr: websocket.addr, protocol: Protocol::WebSocket { path: websocket.path } }
    }
}

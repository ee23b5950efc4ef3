//! The entrance for WebSockets, over any listener.

use std::io;
use std::net::SocketAddr;

use super::listener::sealed::Entrance;
use super::upgrade::upgrade;
use super::{Framing, Listener, Opening, Tcp};

/// Listens for WebSocket connections, for [`App::listen`](crate::App::listen).
///
/// Packets travel in binary frames; text frames with the same bytes are accepted. A request that is
/// no WebSocket upgrade, or for another path, is refused with a readable answer. To serve pages on the same
/// port, see [`Server::axum_route`](crate::Server) (feature `axum`).
///
/// # Examples
///
/// ```
/// use nano::{App, WebSocket};
///
/// let app = App::new().listen(WebSocket::bind("127.0.0.1:3251").path("/nano"));
/// ```
#[derive(Debug)]
pub struct WebSocket<L = Tcp> {
    listener: L,
    path: String,
}

impl WebSocket {
    /// Listens on `addr`, `host:port`, at the path `/`; port 0 lets the system choose
    /// ([`Server::addresses`](crate::Server::addresses) tells which).
    pub fn bind(addr: impl ToString) -> Self {
        Self::over(Tcp::bind(addr))
    }
}

impl<L: Listener> WebSocket<L> {
    /// Upgrades the connections of another listener, at the path `/`.
    pub fn over(listener: L) -> Self {
        Self { listener, path: "/".to_owned() }
    }

    /// Accepts upgrades at `path` only. A query is ignored.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }
}

impl<L: Listener> Entrance for WebSocket<L> {
    type Stream = L::Stream;

    fn describe(&self) -> String {
        format!("websocket at {}", self.path)
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        if !self.path.starts_with('/') {
            return Err(format!("the WebSocket path `{}` does not start with a slash", self.path));
        }
        Entrance::bind(&mut self.listener).await
    }

    async fn accept(&mut self) -> io::Result<(L::Stream, Option<SocketAddr>)> {
        self.listener.accept().await
    }

    fn open(&self, mut stream: L::Stream) -> Opening<L::Stream> {
        let path = self.path.clone();
        Opening::Pending(Box::pin(async move {
            let early = upgrade(&mut stream, &path).await.ok()??;
            Some((stream, Framing::WebSocket { early }))
        }))
    }
}

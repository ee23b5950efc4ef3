//! The entrance for WebSockets, over any listener.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::listener::sealed::Entrance;
use super::upgrade::{Rules, Upgrade};
use super::{Listener, Preamble, Tcp};

/// The longest head of a request by default, in bytes. Those of browsers have cookies in them.
const HEAD_LIMIT: usize = 32 * 1024;

/// The shortest limit for the head of a request, in bytes. Browsers send about 500.
const LEAST_HEAD_LIMIT: usize = 1024;

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
/// let app = App::new().listen(WebSocket::bind("127.0.0.1:3251").path("/nano").health("/healthz"));
/// ```
#[derive(Debug)]
pub struct WebSocket<L = Tcp> {
    listener: L,
    rules: Rules,
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
        let rules = Rules {
            path: "/".to_owned(),
            health: None,
            head_limit: HEAD_LIMIT,
            options: Upgrade::new(),
        };
        Self { listener, rules }
    }

    /// Accepts upgrades at `path` only. A query is ignored.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.rules.path = path.into();
        self
    }

    /// Answers a plain `GET` or `HEAD` at `path` with the status 200, for the health checks of load balancers: also
    /// when the app is full. The status is 503 once the app [drains](crate::drain), and nobody answers once it shuts
    /// down. It may be the path of the WebSocket.
    pub fn health(mut self, path: impl Into<String>) -> Self {
        self.rules.health = Some(path.into());
        self
    }

    /// Sets the longest head of a request in bytes: 32 KiB by default. A longer one, or one of more than 256 fields, is
    /// refused with the status 431. Cookies of the page's host are part of the head.
    pub fn head_limit(mut self, bytes: usize) -> Self {
        self.rules.head_limit = bytes;
        self
    }

    /// Accepts these subprotocols: see [`Upgrade::subprotocols`].
    pub fn subprotocols(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.rules.options = self.rules.options.subprotocols(names);
        self
    }

    /// Accepts pages of these origins only: see [`Upgrade::origins`].
    pub fn origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.rules.options = self.rules.options.origins(origins);
        self
    }

    /// Takes the client's address from the header `X-Forwarded-For`, which so many proxies have appended to: see
    /// [`Upgrade::trust_forwarded_for`].
    pub fn trust_forwarded_for(mut self, proxies: usize) -> Self {
        self.rules.options = self.rules.options.trust_forwarded_for(proxies);
        self
    }
}

impl<L: Listener> Entrance for WebSocket<L> {
    type Stream = L::Stream;

    fn describe(&self) -> String {
        format!("websocket at {}", self.rules.path)
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        let Rules { path, health, head_limit, options } = &self.rules;
        for (name, path) in [("WebSocket", Some(path)), ("health", health.as_ref())] {
            if let Some(path) = path.filter(|path| !path.starts_with('/')) {
                return Err(format!("the {name} path `{path}` does not start with a slash"));
            }
        }
        if *head_limit < LEAST_HEAD_LIMIT {
            return Err(format!(
                "head_limit is {head_limit} bytes; {LEAST_HEAD_LIMIT} are the least"
            ));
        }
        options.check()?;
        Entrance::bind(&mut self.listener).await
    }

    async fn accept(&mut self) -> io::Result<(L::Stream, Option<SocketAddr>)> {
        self.listener.accept().await
    }

    fn preamble(&self) -> Preamble {
        Preamble { upgrade: Some(Arc::new(self.rules.clone())), ..Preamble::default() }
    }
}

//! The listener behind a proxy that speaks the PROXY protocol.

pub(super) mod header;

use std::io;
use std::net::SocketAddr;

use super::listener::sealed::{Backing, Entrance};
use super::{Listen, Preamble};

/// Reads the header of the PROXY protocol, version 1 or 2, in front of every connection of a listener, for
/// [`App::listen`](crate::App::listen).
///
/// The address in the header is the session's [`remote_addr`](crate::Session::remote_addr), and the one for
/// which [`App::max_handshakes_per_address`](crate::App::max_handshakes_per_address) counts. HAProxy sends the
/// header with `send-proxy` or `send-proxy-v2`, nginx with `proxy_protocol on` in a `stream`.
///
/// Whoever reaches the listener can claim any address, so only the proxy may reach it: bind it to an
/// address that is not public. A connection without a header is refused. A header that names no client, as
/// a proxy's own health check sends it, leaves the connection its address.
///
/// # Examples
///
/// ```
/// use nano::{App, ProxyProtocol, Tcp, WebSocket};
///
/// let app = App::new()
///     .listen(ProxyProtocol::over(Tcp::bind("127.0.0.1:3250")))
///     .listen(ProxyProtocol::over(WebSocket::bind("127.0.0.1:3251").path("/nano")));
/// ```
#[derive(Debug)]
pub struct ProxyProtocol<E> {
    entrance: E,
}

impl<E: Listen> ProxyProtocol<E> {
    /// Expects the header on the connections of `entrance`: a [`Tcp`](crate::Tcp), a
    /// [`WebSocket`](crate::WebSocket), or a [`Listener`](crate::Listener) of the application's own.
    pub fn over(entrance: E) -> Self {
        Self { entrance }
    }
}

impl<E: Entrance> Entrance for ProxyProtocol<E> {
    type Stream = E::Stream;

    fn describe(&self) -> String {
        format!("{} behind the PROXY protocol", self.entrance.describe())
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        self.entrance.preamble().check_behind("the header of the PROXY protocol")?;
        self.entrance.bind().await
    }

    fn start(&mut self, backing: &Backing) {
        self.entrance.start(backing);
    }

    async fn accept(&mut self) -> io::Result<(E::Stream, Option<SocketAddr>)> {
        self.entrance.accept().await
    }

    fn preamble(&self) -> Preamble {
        Preamble { proxy: true, ..self.entrance.preamble() }
    }
}

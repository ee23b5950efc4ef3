//! The server that a load is for, and the way to it.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;

use super::connection::HANDSHAKE;
use crate::transport::Transport;

/// A server, and the way to it.
///
/// # Examples
///
/// ```
/// use nano_bench::Transport;
/// use nano_bench::generator::Target;
///
/// let address = "127.0.0.1:3251".parse()?;
/// let target = Target::new(address, Transport::Ws).host("game.example.com").path("/nano");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Target {
    address: SocketAddr,
    others: Vec<SocketAddr>,
    pub(super) transport: Transport,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) handshake: Arc<[u8]>,
}

impl Target {
    /// A server at an address. Until it has other names, its host is the address, and its path `/`.
    pub fn new(address: SocketAddr, transport: Transport) -> Self {
        let (host, path) = (address.ip().to_string(), "/".to_owned());
        let (others, handshake) = (Vec::new(), HANDSHAKE.into());
        Self { address, others, transport, host, path, tls: None, handshake }
    }

    /// Sets further addresses, such as those of other gates. Connections take turns in going to one of them all.
    pub fn others(mut self, others: &[SocketAddr]) -> Self {
        self.others = others.to_vec();
        self
    }

    /// The address for a connection, by its place among all.
    pub(super) fn address_for(&self, connection: usize) -> SocketAddr {
        let turn = connection % (1 + self.others.len());
        turn.checked_sub(1)
            .and_then(|other| self.others.get(other))
            .copied()
            .unwrap_or(self.address)
    }

    /// Returns the address; of several, the first one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets the name of the server, for WebSocket and TLS.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// Sets the path of the WebSocket.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets the first packet of each connection, as JSON. Until then, clients announce nothing, and get the plain form of
    /// messages.
    pub fn handshake(mut self, json: impl AsRef<[u8]>) -> Self {
        self.handshake = json.as_ref().into();
        self
    }

    /// Sets whom the clients trust. Transports with TLS need it.
    pub fn tls(mut self, config: Arc<ClientConfig>) -> Self {
        self.tls = Some(config);
        self
    }
}

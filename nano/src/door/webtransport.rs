//! The entrance for sessions of WebTransport.

mod arrival;
mod session;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use wtransport::quinn::{Endpoint, EndpointConfig, TokioRuntime};

use super::listener::sealed::Entrance;
use super::origins::Origins;
use super::{Preamble, Tls};
pub(super) use arrival::Arrival;
use arrival::{Rules, SessionStream};
pub(crate) use session::{Datagram, WebTransportSession};

/// The handshakes of QUIC that may be under way before those of unproven addresses have to be repeated with a token: a
/// sender that claims the addresses of others learns none.
const UNPROVEN: usize = 64;

/// Listens for sessions of WebTransport, for [`App::listen`](crate::App::listen): browsers connect over QUIC, so that a lost
/// packet does not hold up those behind it.
///
/// Packets follow one another on the first stream with two directions that the client opens, and pushes of the classes
/// `latest` and `lossy` go in datagrams to clients that ask for them. [`webtransport`](crate::webtransport) has the rest.
///
/// # Examples
///
/// WebTransport on a UDP port, and a WebSocket on the TCP port of the same number for clients that cannot:
///
/// ```
/// use nano::{App, Tls, WebSocket, WebTransport};
///
/// let tls = Tls::pem("cert.pem", "key.pem");
/// let app = App::new()
///     .listen(WebTransport::bind("0.0.0.0:3251").path("/nano").tls(&tls))
///     .listen(tls.over(WebSocket::bind("0.0.0.0:3251").path("/nano")));
/// ```
#[derive(Debug)]
pub struct WebTransport {
    addr: String,
    path: String,
    origins: Origins,
    tls: Option<Tls>,
    listening: Option<Listening>,
}

/// The endpoint of a listener whose address is open.
#[derive(Debug)]
struct Listening {
    endpoint: Endpoint,
    rules: Arc<Rules>,
}

impl WebTransport {
    /// Listens on the UDP address `addr`, `host:port`, at the path `/`; port 0 lets the system choose
    /// ([`Server::addresses`](crate::Server::addresses) tells which). It needs a certificate: see [`tls`](Self::tls).
    pub fn bind(addr: impl ToString) -> Self {
        Self {
            addr: addr.to_string(),
            path: "/".to_owned(),
            origins: Origins::default(),
            tls: None,
            listening: None,
        }
    }

    /// Sets the certificate, which other listeners may share. [`Tls::reload`] takes effect for new sessions.
    ///
    /// [`Tls::self_signed`] makes one for development.
    pub fn tls(mut self, tls: &Tls) -> Self {
        self.tls = Some(tls.clone());
        self
    }

    /// Accepts sessions at `path` only; others are refused with the status 404. A query is ignored.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Accepts sessions of pages with these origins only, as [`WebSocket::origins`](crate::WebSocket::origins) does. By default
    /// pages of any origin are accepted.
    pub fn origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.origins = Origins::only(origins);
        self
    }

    async fn listen(&self, rules: Rules) -> io::Result<Listening> {
        let socket = UdpSocket::bind(&self.addr).await?.into_std()?;
        let config = rules.tls.quic().map(|config| (*config).clone());
        let runtime = Arc::new(TokioRuntime);
        let endpoint = Endpoint::new(EndpointConfig::default(), config, socket, runtime)?;
        Ok(Listening { endpoint, rules: Arc::new(rules) })
    }
}

impl Entrance for WebTransport {
    type Stream = SessionStream;

    fn describe(&self) -> String {
        format!("webtransport at {}", self.path)
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        let Self { addr, path, origins, tls, .. } = &*self;
        let Some(tls) = tls else {
            return Err(format!(
                "WebTransport on `{addr}` has no certificate: `.tls(&Tls::pem(..))`, or `Tls::self_signed` for development"
            ));
        };
        if !path.starts_with('/') {
            return Err(format!("the WebTransport path `{path}` does not start with a slash"));
        }
        origins.check()?;
        tls.read().map_err(|error| error.to_string())?;
        let rules = Rules { path: path.clone(), origins: origins.clone(), tls: tls.clone() };
        let listening = self.listen(rules).await;
        let listening =
            listening.map_err(|error| format!("cannot listen on UDP `{}`: {error}", self.addr))?;
        let address = listening.endpoint.local_addr().map_err(|error| error.to_string())?;
        self.listening = Some(listening);
        Ok(Some(address))
    }

    async fn accept(&mut self) -> io::Result<(SessionStream, Option<SocketAddr>)> {
        let Listening { endpoint, rules } =
            self.listening.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        loop {
            let incoming = endpoint.accept().await.ok_or(io::ErrorKind::NotConnected)?;
            let peer = incoming.remote_address();
            // Each handshake under way has its rules.
            let is_proven = incoming.remote_address_validated();
            if !is_proven && incoming.may_retry() && Arc::strong_count(rules) > UNPROVEN {
                // It may retry: this does not fail.
                let _ = incoming.retry();
                continue;
            }
            return Ok((SessionStream::new(incoming, rules.clone()), Some(peer)));
        }
    }

    fn preamble(&self) -> Preamble {
        Preamble { is_session: true, ..Preamble::default() }
    }
}

impl Drop for WebTransport {
    fn drop(&mut self) {
        // The endpoint lives as long as its sessions, and answers no new ones.
        if let Some(Listening { endpoint, .. }) = &self.listening {
            endpoint.set_server_config(None);
        }
    }
}

//! The sockets of a node: those of the system, or of the simulation.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(not(all(test, feature = "testing")))]
pub(super) use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tonic::codegen::{Service, http::Uri};
use tonic::transport::{Channel, Endpoint};
#[cfg(all(test, feature = "testing"))]
pub(super) use turmoil::net::{TcpListener, TcpStream};

use super::tls::{Alert, HandshakeFailed, NodeTls, reason};

/// The windows of HTTP/2. h2 derives the number of small frames that may wait from that of the connection.
pub(super) const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
pub(super) const CONNECTION_WINDOW: u32 = 64 * 1024 * 1024;

/// The time for a connection to open.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// The time for a call of Go nano's protocol.
pub(super) const CALL: Duration = Duration::from_secs(2);

/// A connection, with TLS or without.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Waits for the first byte of a connection, and leaves it there; `None` when there is none.
pub(super) async fn peek(stream: &mut TcpStream) -> io::Result<Option<u8>> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok((count > 0).then_some(first[0]))
}

/// TLS for a connection to another node.
#[derive(Clone)]
pub(super) struct Secure {
    config: Arc<ClientConfig>,
    /// The name that the node has in its certificate.
    name: ServerName<'static>,
    /// What the other side ends the connection with.
    alert: Alert,
}

impl Secure {
    /// Returns what a connection to the node called `name` needs, if this node speaks TLS.
    ///
    /// # Errors
    ///
    /// The fault of a name that no certificate can have.
    pub(super) fn of(tls: Option<&NodeTls>, name: &str) -> Result<Option<Self>, HandshakeFailed> {
        let Some(tls) = tls else { return Ok(None) };
        let name = tls.expected(name).map_err(HandshakeFailed)?;
        let credentials = tls.credentials();
        let credentials =
            credentials.ok_or_else(|| HandshakeFailed("the certificates were not read".into()))?;
        let (config, alert) = (credentials.client.clone(), Alert::default());
        Ok(Some(Self { config, name, alert }))
    }
}

#[cfg(feature = "etcd")]
impl Secure {
    /// TLS for a connection to a server of another kind.
    pub(super) fn with(config: Arc<ClientConfig>, name: ServerName<'static>) -> Self {
        Self { config, name, alert: Alert::default() }
    }
}

/// A channel to a server of another kind, which connects when it is used, within `limit`.
#[cfg(feature = "etcd")]
pub(super) fn lazy_channel(address: &str, secure: Option<Secure>, limit: Duration) -> Channel {
    // The address is the connector's business.
    let endpoint = Endpoint::from_static("http://etcd").connect_timeout(limit);
    endpoint.connect_with_connector_lazy(Connector::new(address, secure))
}

/// Connects to another node. The alert is what the node ends the connection with, if it does.
pub(super) async fn channel(
    address: &str,
    secure: Option<Secure>,
) -> Result<(Channel, Alert), Box<dyn std::error::Error + Send + Sync>> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?
        .connect_timeout(CONNECT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let alert = secure.as_ref().map(|secure| secure.alert.clone()).unwrap_or_default();
    let channel = endpoint.connect_with_connector(Connector::new(address, secure)).await;
    Ok((channel.map_err(|error| alert.or(error))?, alert))
}

/// Connects to one address, which tonic does not choose.
struct Connector {
    address: String,
    secure: Option<Secure>,
    /// Counts the connections that were made.
    made: Arc<AtomicUsize>,
}

impl Connector {
    fn new(address: &str, secure: Option<Secure>) -> Self {
        Self { address: address.to_owned(), secure, made: Arc::default() }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Io>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (address, secure) = (self.address.clone(), self.secure.clone());
        let made = self.made.clone();
        Box::pin(async move {
            let io = connect(&address, secure).await?;
            made.fetch_add(1, Ordering::Relaxed);
            Ok(TokioIo::new(io))
        })
    }
}

async fn connect(address: &str, secure: Option<Secure>) -> io::Result<Box<dyn Io>> {
    let stream = TcpStream::connect(address).await?;
    let _ = stream.set_nodelay(true);
    let Some(Secure { config, name, alert }) = secure else { return Ok(Box::new(stream)) };
    match TlsConnector::from(config).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(alert.of(stream))),
        Err(error) => {
            let mut text = reason(&error);
            if error.kind() != io::ErrorKind::InvalidData {
                text += "; a node without `Cluster::tls` ends it so";
            }
            Err(io::Error::other(HandshakeFailed(text)))
        }
    }
}

/// A node of Go nano that is called.
#[derive(Clone, Debug)]
pub(super) struct Callee {
    address: String,
    endpoint: Endpoint,
    made: Arc<AtomicUsize>,
}

impl Callee {
    /// The node at an address.
    ///
    /// # Errors
    ///
    /// The fault of the address.
    pub(super) fn new(address: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.connect_timeout(CALL);
        Ok(Self { address: address.to_owned(), endpoint, made: Arc::default() })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// A channel that connects with its first call, and again with the next one when it sees that the connection is lost. It
    /// sends no pings, because such nodes end connections for them: one that loses all packets is not seen, and whoever gets
    /// no answers takes another channel.
    pub(super) fn channel(&self) -> Channel {
        let connector =
            Connector { made: self.made.clone(), ..Connector::new(&self.address, None) };
        self.endpoint.connect_with_connector_lazy(connector)
    }

    /// Returns the number of connections that all channels have made.
    pub(super) fn connections(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }
}

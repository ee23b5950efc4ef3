//! The ways to open a transport to a server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(feature = "kcp")]
use tokio::net::lookup_host;
#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async_with_config;

#[cfg(feature = "kcp")]
use crate::udp::{self, KcpOptions, KcpStream};
use crate::{Error, ErrorKind, Result};

#[cfg(feature = "tls")]
use super::tls::{self, Trust};
#[cfg(feature = "kcp")]
use super::transport::Framed;
use super::transport::{WebSocket, websocket_config};
use super::url::Address;
#[cfg(feature = "tls")]
use super::url::Scheme;

/// Opens a transport to the server.
pub(super) type Dial<T> =
    Box<dyn FnMut() -> Pin<Box<dyn Future<Output = Result<T>> + Send>> + Send>;

/// The server that a client connects to, as often as it has to.
pub(super) struct Target {
    pub(super) address: Address,
    pub(super) url: String,
    /// The longest packet of a WebSocket, header included.
    pub(super) limit: usize,
    #[cfg(feature = "tls")]
    pub(super) trust: Trust,
    #[cfg(feature = "kcp")]
    pub(super) kcp: KcpOptions,
}

/// Connects over TCP.
pub(super) async fn plain(target: Arc<Target>) -> Result<TcpStream> {
    let Address { host, port, .. } = &target.address;
    let io = TcpStream::connect((host.as_str(), *port)).await?;
    io.set_nodelay(true)?;
    Ok(io)
}

/// Connects over TLS.
#[cfg(feature = "tls")]
pub(super) async fn secure(target: Arc<Target>) -> Result<TlsStream<TcpStream>> {
    let io = plain(target.clone()).await?;
    let is_http = target.address.scheme == Scheme::WebSocket;
    tls::connect(io, &target.address.host, is_http, &target.trust).await
}

/// Opens a conversation of KCP. There is no telling which of several addresses answers: the first one of IPv4 is taken, where
/// most servers listen.
#[cfg(feature = "kcp")]
pub(super) async fn kcp(target: Arc<Target>) -> Result<Framed<KcpStream>> {
    let Address { host, port, .. } = &target.address;
    let addresses: Vec<_> = lookup_host((host.as_str(), *port)).await?.collect();
    let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    let Some(address) = address else {
        return Err(Error::new(ErrorKind::Io, format!("`{host}` has no address")));
    };
    Ok(Framed::without_end(udp::connect(*address, &target.kcp).await?))
}

/// Opens a WebSocket on a byte stream.
pub(super) async fn websocket<I>(target: &Target, io: I) -> Result<WebSocket<I>>
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let config = websocket_config(target.limit);
    let upgrade = client_async_with_config(target.url.as_str(), io, Some(config));
    let (io, _) = Box::pin(upgrade)
        .await
        .map_err(|source| Error::with_source(ErrorKind::Io, "websocket was not opened", source))?;
    Ok(WebSocket(io))
}

/// The error of a stream that was given once, and is asked for again.
pub(super) fn gone() -> Error {
    Error::new(ErrorKind::Closed, "connection is closed")
}

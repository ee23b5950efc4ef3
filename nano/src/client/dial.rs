//! The ways to open a transport to a server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async_with_config;

use crate::{Error, ErrorKind, Result};

#[cfg(feature = "tls")]
use super::tls::{self, Trust};
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

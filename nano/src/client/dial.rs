//! The ways to open a transport to a server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_tungstenite::client_async_with_config;

use crate::{Error, ErrorKind, Result};

use super::transport::{Framed, WebSocket, websocket_config};
use super::url::Address;

/// Opens a transport to the server.
pub(super) type Dial<T> =
    Box<dyn FnMut() -> Pin<Box<dyn Future<Output = Result<T>> + Send>> + Send>;

/// Connects over TCP.
pub(super) async fn tcp(address: Arc<Address>) -> Result<Framed<TcpStream>> {
    let io = TcpStream::connect((address.host.as_str(), address.port)).await?;
    io.set_nodelay(true)?;
    Ok(Framed(io))
}

/// Connects over TCP, and opens a WebSocket for packets of up to `limit` bytes, header included.
pub(super) async fn websocket(
    url: Arc<str>,
    address: Arc<Address>,
    limit: usize,
) -> Result<WebSocket<TcpStream>> {
    let Framed(io) = tcp(address).await?;
    let upgrade = client_async_with_config(&*url, io, Some(websocket_config(limit)));
    let (io, _) = Box::pin(upgrade)
        .await
        .map_err(|source| Error::with_source(ErrorKind::Io, "websocket was not opened", source))?;
    Ok(WebSocket(io))
}

/// The error of a stream that was given once, and is asked for again.
pub(super) fn gone() -> Error {
    Error::new(ErrorKind::Closed, "connection is closed")
}

//! The service behind a door, and the connections that it is handed.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::Admitted;

/// What a connection needs of its byte stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A connection that has passed the door.
#[derive(Debug)]
pub(crate) struct Opened<S> {
    pub(crate) stream: S,
    pub(crate) framing: Framing,
    pub(crate) peer: Option<SocketAddr>,
    /// When the handshake has to be complete.
    pub(crate) deadline: Instant,
    pub(crate) admitted: Admitted,
}

/// How packets travel on a stream.
#[derive(Debug)]
pub enum Framing {
    /// One after another.
    Packets,
    /// In the frames of a WebSocket; the upgrade is done.
    WebSocket {
        /// The bytes behind the request.
        early: Vec<u8>,
    },
}

/// Serves the connections that have passed the door.
pub(crate) trait Service: Send + Sync + 'static {
    /// Serves one connection to its end.
    fn serve<S: Stream>(self: Arc<Self>, opened: Opened<S>) -> impl Future<Output = ()> + Send;
}

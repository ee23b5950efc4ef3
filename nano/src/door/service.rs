//! The service behind a door, and the connections that it is handed.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::Admitted;
use crate::TraceParent;

/// The bounds on the byte stream of a connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A connection that has passed the door.
#[derive(Debug)]
pub(crate) struct Opened<S> {
    pub(crate) stream: S,
    pub(crate) framing: Framing,
    pub(crate) peer: Option<SocketAddr>,
    /// The time at which the handshake has to be complete.
    pub(crate) deadline: Instant,
    pub(crate) admitted: Admitted,
    /// The client's certificate, if the listener asked for one.
    #[cfg(feature = "tls")]
    pub(crate) certificate: Option<super::PeerCertificate>,
}

/// The framing of packets on a stream.
#[derive(Debug)]
pub(crate) enum Framing {
    /// Packets follow one another.
    Packets,
    /// The same on a stream whose end the peer does not see: only a packet can tell it.
    #[cfg(feature = "kcp")]
    PacketsWithoutEnd,
    /// Packets are in the frames of a WebSocket, whose upgrade is done.
    WebSocket {
        /// The bytes behind the request.
        early: Vec<u8>,
        /// The trace that the request belonged to.
        trace: Option<TraceParent>,
    },
    /// Packets follow one another on the stream of this session, which has datagrams, too.
    #[cfg(feature = "webtransport")]
    WebTransport(super::WebTransportSession),
}

/// Serves the connections that have passed the door.
pub(crate) trait Service: Send + Sync + 'static {
    /// Begins to serve one connection, in a task of `tasks`.
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker);
}

//! The start of a connection's task.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;

#[cfg(feature = "kcp")]
use super::endless::EndlessStream;
use super::pump::Pump;
use super::shared::Net;
use super::transport::{PacketStream, Transport};
use super::websocket::WebSocketStream;
#[cfg(feature = "webtransport")]
use super::webtransport::WebTransportStream;
use crate::TraceParent;
#[cfg(feature = "tls")]
use crate::door::PeerCertificate;
use crate::door::{Admitted, Framing, Opened, Service, Stream};

impl Service for Net {
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker) {
        let Opened { stream, framing, peer, deadline, admitted, .. } = opened;
        let connection = Connection {
            net: self,
            peer,
            deadline,
            admitted,
            #[cfg(feature = "tls")]
            certificate: opened.certificate,
        };
        match framing {
            Framing::Packets => connection.start(PacketStream::new(stream), None, tasks),
            #[cfg(feature = "kcp")]
            Framing::PacketsWithoutEnd => {
                connection.start(EndlessStream::new(stream), None, tasks);
            }
            Framing::WebSocket { early, trace } => {
                let limit = connection.net.settings.packet_limit;
                connection.start(WebSocketStream::new(stream, early, limit), trace, tasks);
            }
            #[cfg(feature = "webtransport")]
            Framing::WebTransport(session) => {
                connection.start(WebTransportStream::new(stream, session), None, tasks);
            }
        }
    }
}

/// A connection without its transport.
struct Connection {
    net: Arc<Net>,
    peer: Option<SocketAddr>,
    deadline: Instant,
    admitted: Admitted,
    #[cfg(feature = "tls")]
    certificate: Option<PeerCertificate>,
}

impl Connection {
    /// Begins to serve it, unless the app is shutting down.
    fn start<T: Transport>(self, transport: T, trace: Option<TraceParent>, tasks: &TaskTracker) {
        let Self { net, peer, deadline, admitted, .. } = self;
        let Some(pump) = Pump::new(net, transport, peer, deadline, admitted) else { return };
        #[cfg(feature = "tls")]
        let pump = pump.certified(self.certificate);
        tasks.spawn(pump.traced(trace));
    }
}

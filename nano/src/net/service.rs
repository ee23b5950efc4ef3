//! The start of a connection's task.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use super::pump::Pump;
use super::shared::Net;
use super::transport::PacketStream;
use super::websocket::WebSocketStream;
#[cfg(feature = "webtransport")]
use super::webtransport::WebTransportStream;
use crate::door::{Framing, Opened, Service, Stream};

impl Service for Net {
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker) {
        let Opened { stream, framing, peer, deadline, admitted, .. } = opened;
        match framing {
            Framing::Packets => {
                let transport = PacketStream::new(stream);
                let pump = Pump::new(self, transport, peer, deadline, admitted);
                #[cfg(feature = "tls")]
                let pump = pump.map(|pump| pump.certified(opened.certificate));
                pump.map(|pump| tasks.spawn(pump));
            }
            Framing::WebSocket { early, trace } => {
                let transport = WebSocketStream::new(stream, early, self.settings.packet_limit);
                let pump = Pump::new(self, transport, peer, deadline, admitted);
                #[cfg(feature = "tls")]
                let pump = pump.map(|pump| pump.certified(opened.certificate));
                pump.map(|pump| tasks.spawn(pump.traced(trace)));
            }
            #[cfg(feature = "webtransport")]
            Framing::WebTransport(session) => {
                let transport = WebTransportStream::new(stream, session);
                let pump = Pump::new(self, transport, peer, deadline, admitted);
                let pump = pump.map(|pump| pump.certified(opened.certificate));
                pump.map(|pump| tasks.spawn(pump));
            }
        }
    }
}

//! Connections: from a stream to the session's dispatch and back, one task each.

mod batch;
mod buffers;
mod deadline;
mod local;
mod pump;
mod transport;
mod websocket;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::dispatch::Runtime;
use crate::door::{Framing, Opened, Service, Stream};
use pump::Pump;
use transport::PacketStream;
use websocket::WebSocketStream;

/// Serves connections with the runtime of one app.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) settings: Settings,
}

impl Service for Net {
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker) {
        let Opened { stream, framing, peer, deadline, admitted } = opened;
        match framing {
            Framing::Packets => {
                let transport = PacketStream::new(stream);
                let pump = Pump::new(self, transport, peer, deadline, admitted);
                pump.map(|pump| tasks.spawn(pump));
            }
            Framing::WebSocket { early } => {
                let transport = WebSocketStream::new(stream, early, self.settings.packet_limit);
                let pump = Pump::new(self, transport, peer, deadline, admitted);
                pump.map(|pump| tasks.spawn(pump));
            }
        }
    }
}

/// The limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The longest packet body.
    pub(crate) packet_limit: usize,
    /// The most that may wait for one client, in bytes.
    pub(crate) outbound_limit: usize,
    pub(crate) write_timeout: Duration,
    /// The heartbeat interval, in milliseconds.
    pub(crate) heartbeat: u64,
}

//! Connections: from a stream to the session's dispatch and back, one task each.

mod batch;
mod deadline;
mod local;
mod pump;
mod read_buffer;
mod transport;
mod websocket;

use std::sync::Arc;
use std::time::Duration;

use crate::dispatch::Runtime;
use crate::door::{Framing, Opened, Service, Stream};
use transport::PacketStream;
use websocket::WebSocketStream;

/// Serves connections with the runtime of one app.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) settings: Settings,
}

impl Service for Net {
    async fn serve<S: Stream>(self: Arc<Self>, opened: Opened<S>) {
        let Opened { stream, framing, peer, deadline, admitted } = opened;
        match framing {
            Framing::Packets => {
                pump::serve(self, PacketStream::new(stream), peer, deadline, admitted).await;
            }
            Framing::WebSocket { early } => {
                let limit = self.settings.packet_limit;
                let transport = Box::pin(WebSocketStream::new(stream, early, limit)).await;
                pump::serve(self, transport, peer, deadline, admitted).await;
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

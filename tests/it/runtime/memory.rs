//! A listener of the application's own: connections come from a channel.

use std::io;
use std::net::SocketAddr;

use nano::Listener;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::promises::support::Log;

type Accepted = io::Result<(DuplexStream, Option<SocketAddr>)>;

/// The listener.
pub(super) struct Memory {
    incoming: UnboundedReceiver<Accepted>,
    /// The answer to `bind`.
    bound: io::Result<Option<SocketAddr>>,
    log: Log,
}

/// The other side of the listener.
pub(super) struct Port {
    outgoing: UnboundedSender<Accepted>,
    /// The calls of the listener's methods, and its drop.
    pub(super) log: Log,
}

pub(super) fn memory() -> (Port, Memory) {
    memory_at(Ok(None))
}

/// A listener that answers `bind` so.
pub(super) fn memory_at(bound: io::Result<Option<SocketAddr>>) -> (Port, Memory) {
    let (outgoing, incoming) = unbounded_channel();
    let log = Log::default();
    (Port { outgoing, log: log.clone() }, Memory { incoming, bound, log })
}

impl Port {
    /// Connects from an address, if there is one.
    pub(super) fn connect(&self, peer: Option<SocketAddr>) -> DuplexStream {
        let (near, far) = duplex(64 * 1024);
        // A listener that is gone takes nothing: the stream is closed.
        let _ = self.outgoing.send(Ok((far, peer)));
        near
    }

    /// Lets accepting fail, once.
    pub(super) fn fail(&self, error: io::Error) {
        self.outgoing.send(Err(error)).expect("the listener is there");
    }
}

impl Listener for Memory {
    type Stream = DuplexStream;

    fn name(&self) -> String {
        "memory".into()
    }

    async fn bind(&mut self) -> io::Result<Option<SocketAddr>> {
        self.log.add("bind");
        std::mem::replace(&mut self.bound, Ok(None))
    }

    async fn accept(&mut self) -> Accepted {
        self.log.add("accept");
        match self.incoming.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.log.add("dropped");
    }
}

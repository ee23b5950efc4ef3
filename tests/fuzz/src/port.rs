//! A listener in memory.

use std::io;
use std::net::SocketAddr;

use nano::Listener;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Accepted = (DuplexStream, Option<SocketAddr>);

pub(crate) struct Memory(UnboundedReceiver<Accepted>);

pub(crate) struct Port(UnboundedSender<Accepted>);

pub(crate) fn port() -> (Port, Memory) {
    let (sender, receiver) = unbounded_channel();
    (Port(sender), Memory(receiver))
}

impl Port {
    pub(crate) fn connect(&self, peer: SocketAddr) -> DuplexStream {
        let (near, far) = duplex(64 * 1024);
        self.0.send((far, Some(peer))).expect("the listener lives as long as its server");
        near
    }
}

impl Listener for Memory {
    type Stream = DuplexStream;

    fn name(&self) -> String {
        "memory".into()
    }

    async fn bind(&mut self) -> io::Result<Option<SocketAddr>> {
        Ok(None)
    }

    async fn accept(&mut self) -> io::Result<Accepted> {
        match self.0.recv().await {
            Some(accepted) => Ok(accepted),
            None => std::future::pending().await,
        }
    }
}

//! The part of a connection before its packets: the header of a proxy, and the upgrade to a WebSocket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::proxy::header;
use super::upgrade::{Rules, Upgraded};
use super::{Framing, Stream};
use crate::log::{Log, limited};

/// The parts that come before the packets on the streams of a listener. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Preamble {
    /// The header of the PROXY protocol comes first.
    pub(super) proxy: bool,
    /// An upgrade to a WebSocket comes next.
    pub(super) upgrade: Option<Arc<Rules>>,
}

/// A stream on which packets come next.
#[derive(Debug)]
pub(crate) struct Ready<S> {
    pub(crate) stream: S,
    pub(crate) framing: Framing,
    /// The client's address, as far as it is known.
    pub(crate) peer: Option<SocketAddr>,
}

impl Preamble {
    /// Returns `true` if packets come at once.
    pub(super) fn is_empty(&self) -> bool {
        !self.proxy && self.upgrade.is_none()
    }

    /// Returns `true` if it names the client's address, in place of the connection's.
    pub(super) fn names_client(&self) -> bool {
        self.proxy || self.upgrade.as_ref().is_some_and(|rules| rules.options.proxies > 0)
    }

    /// Reads and answers it; `None` when the peer was refused, or went.
    pub(super) async fn pass<S: Stream>(
        self,
        mut stream: S,
        mut peer: Option<SocketAddr>,
        log: &Log,
    ) -> Option<Ready<S>> {
        if self.proxy {
            match header::read(&mut stream).await {
                Ok(client) => peer = client.or(peer),
                Err(error) => {
                    if error.kind() == io::ErrorKind::InvalidData {
                        limited!(log, ProxyExpected, %error, ?peer);
                    }
                    return None;
                }
            }
        }
        let framing = match self.upgrade {
            None => Framing::Packets,
            Some(rules) => {
                let Upgraded { early, client, trace } =
                    rules.upgrade(&mut stream, peer, log).await.ok()??;
                peer = client;
                Framing::WebSocket { early, trace }
            }
        };
        Some(Ready { stream, framing, peer })
    }
}

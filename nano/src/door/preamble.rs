//! The part of a connection before its packets: the header of a proxy, TLS, and the upgrade to a WebSocket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::proxy::header;
#[cfg(feature = "tls")]
use super::tls::{PeerCertificate, Tls};
use super::upgrade::{Rules, Upgraded};
use super::{Admission, Framing, Stream};
use crate::log::limited;

/// The parts that come before the packets on the streams of a listener. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Preamble {
    /// The header of the PROXY protocol comes first.
    pub(super) proxy: bool,
    /// The handshake of TLS comes next.
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
    /// An upgrade to a WebSocket comes next.
    pub(super) upgrade: Option<Arc<Rules>>,
    /// The connections are sessions of WebTransport, which nothing can come before.
    #[cfg(feature = "webtransport")]
    pub(super) is_session: bool,
    /// Peers do not see the end of the streams.
    #[cfg(feature = "kcp")]
    pub(super) without_end: bool,
}

/// A stream on which packets come next.
#[derive(Debug)]
pub(crate) struct Ready<S> {
    pub(crate) stream: S,
    pub(crate) framing: Framing,
    /// The client's address, as far as it is known.
    pub(crate) peer: Option<SocketAddr>,
    /// The client's certificate, if the listener asked for one.
    #[cfg(feature = "tls")]
    pub(crate) certificate: Option<PeerCertificate>,
}

impl<S> Ready<S> {
    /// A stream of a client that has shown no certificate.
    pub(crate) fn new(stream: S, framing: Framing, peer: Option<SocketAddr>) -> Self {
        Self {
            stream,
            framing,
            peer,
            #[cfg(feature = "tls")]
            certificate: None,
        }
    }
}

impl Preamble {
    /// Returns `true` if packets come at once.
    pub(super) fn is_empty(&self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return false;
        }
        !self.proxy && self.upgrade.is_none()
    }

    /// Returns the framing of packets that nothing comes before.
    pub(super) fn packets(&self) -> Framing {
        #[cfg(feature = "kcp")]
        if self.without_end {
            return Framing::PacketsWithoutEnd;
        }
        Framing::Packets
    }

    /// Returns the URL of the WebSocket behind an address, where browsers reach it without a proxy.
    #[cfg(feature = "admin")]
    pub(crate) fn websocket_url(&self, address: SocketAddr) -> Option<String> {
        let rules = self.upgrade.as_ref().filter(|_| !self.proxy)?;
        #[cfg(feature = "tls")]
        let is_secured = self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        let is_secured = false;
        let scheme = if is_secured { "wss" } else { "ws" };
        Some(format!("{scheme}://{address}{}", rules.path))
    }

    /// Checks that `part` can come before it.
    pub(super) fn check_behind(&self, part: &str) -> Result<(), String> {
        #[cfg(feature = "webtransport")]
        if self.is_session {
            return Err(format!(
                "{part} cannot come before a session of WebTransport, whose TLS is its own: see `WebTransport::tls`"
            ));
        }
        #[cfg(feature = "kcp")]
        if self.without_end {
            return Err(format!(
                "{part} cannot come before packets over KCP: nobody sends it there"
            ));
        }
        let _ = part;
        Ok(())
    }

    /// Returns `true` if it names the client's address, in place of the connection's.
    pub(super) fn names_client(&self) -> bool {
        self.proxy || self.upgrade.as_ref().is_some_and(|rules| rules.options.proxies > 0)
    }

    /// Reads and answers it, without TLS; `None` when the peer was refused, or went.
    pub(super) async fn pass<S: Stream>(
        self,
        mut stream: S,
        peer: Option<SocketAddr>,
        admission: &Admission,
    ) -> Option<Ready<S>> {
        let peer = self.locate(&mut stream, peer, admission).await.ok()?;
        self.upgrade(stream, peer, admission).await
    }

    /// Reads and answers it; `None` when the peer was refused, or went.
    #[cfg(feature = "tls")]
    pub(super) async fn pass_secured<S: Stream>(
        self,
        tls: &Tls,
        mut stream: S,
        peer: Option<SocketAddr>,
        admission: &Admission,
    ) -> Option<Ready<tokio_rustls::server::TlsStream<S>>> {
        let peer = self.locate(&mut stream, peer, admission).await.ok()?;
        let is_http = self.upgrade.is_some();
        let stream = tls.accept(stream, is_http, peer, admission.log()).await?;
        let certificate = PeerCertificate::of(&stream);
        let ready = self.upgrade(stream, peer, admission).await?;
        Some(Ready { certificate, ..ready })
    }

    /// Returns the client's address: the one in the header of a proxy, if such a header comes first.
    async fn locate<S: Stream>(
        &self,
        stream: &mut S,
        peer: Option<SocketAddr>,
        admission: &Admission,
    ) -> io::Result<Option<SocketAddr>> {
        if !self.proxy {
            return Ok(peer);
        }
        let client = header::read(stream).await.inspect_err(|error| {
            if error.kind() == io::ErrorKind::InvalidData {
                limited!(admission.log(), ProxyExpected, %error, ?peer);
            }
        })?;
        Ok(client.or(peer))
    }

    /// Makes the stream a WebSocket, if it is to become one.
    async fn upgrade<S: Stream>(
        self,
        mut stream: S,
        peer: Option<SocketAddr>,
        admission: &Admission,
    ) -> Option<Ready<S>> {
        let Some(rules) = self.upgrade else {
            return Some(Ready::new(stream, Framing::Packets, peer));
        };
        let Upgraded { early, client, trace } =
            rules.upgrade(&mut stream, peer, admission).await.ok()??;
        Some(Ready::new(stream, Framing::WebSocket { early, trace }, client))
    }
}

//! The door: the sources of connections, and the checks before a connection is served.
//!
//! A [`Listener`] yields byte streams, and a [`Service`] serves them. Everything between the two is written
//! once, here: the accept loop, admission, the upgrade to a WebSocket, the deadline, the end of accepting.

mod accept;
mod admission;
#[cfg(any(feature = "cluster", feature = "tls"))]
pub(crate) mod certificates;
mod farewell;
pub(crate) mod forwarded;
#[cfg(feature = "kcp")]
mod kcp;
mod listener;
mod origins;
mod preamble;
mod proxy;
#[cfg(feature = "tls")]
mod secured;
mod service;
mod stranger;
mod tcp;
mod threads;
#[cfg(feature = "tls")]
mod tls;
pub(crate) mod traced;
mod upgrade;
mod websocket;
#[cfg(feature = "webtransport")]
mod webtransport;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::log::Log;
#[cfg(feature = "cluster")]
pub(crate) use admission::holder;
pub(crate) use admission::{Admission, AdmissionLimits, Admitted};
#[cfg(feature = "kcp")]
pub use kcp::Kcp;
pub(crate) use listener::sealed::Entrance;
pub use listener::{Listen, Listener};
pub(crate) use preamble::{Preamble, Ready};
pub use proxy::ProxyProtocol;
#[cfg(feature = "tls")]
pub use secured::Secured;
pub(crate) use service::{Framing, Opened, Service, Stream};
pub(crate) use stranger::Stranger;
pub use tcp::Tcp;
pub(crate) use threads::Threads;
#[cfg(feature = "tls")]
pub use tls::{PeerCertificate, Tls};
#[cfg(feature = "axum")]
pub(crate) use upgrade::Answer;
pub use upgrade::Upgrade;
pub use websocket::WebSocket;
#[cfg(feature = "webtransport")]
pub use webtransport::WebTransport;
#[cfg(feature = "webtransport")]
pub(crate) use webtransport::{Datagram, WebTransportSession};

/// The time that a client has to say who it is, for which there is no room: it is told so in its own dialect.
const REFUSAL_TIME: Duration = Duration::from_secs(3);

/// The door of an app. Cheap to clone.
pub(crate) struct Door<V> {
    service: Arc<V>,
    admission: Arc<Admission>,
    handshake_timeout: Duration,
    /// Cancelled when the app accepts nothing more.
    stop: CancellationToken,
    /// The connections, which shutdown waits for.
    tasks: TaskTracker,
    log: Arc<Log>,
    threads: Arc<Threads>,
}

impl<V> Clone for Door<V> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            admission: self.admission.clone(),
            handshake_timeout: self.handshake_timeout,
            stop: self.stop.clone(),
            tasks: self.tasks.clone(),
            log: self.log.clone(),
            threads: self.threads.clone(),
        }
    }
}

/// A connection that has been let in, and the time by which its handshake has to be complete.
#[derive(Debug)]
pub(crate) struct Entry {
    admitted: Admitted,
    deadline: Instant,
}

impl<V: Service> Door<V> {
    pub(crate) fn new(
        service: V,
        limits: AdmissionLimits,
        log: Arc<Log>,
        handshake_timeout: Duration,
        stop: CancellationToken,
        tasks: TaskTracker,
        threads: Arc<Threads>,
    ) -> Self {
        let (service, admission) =
            (Arc::new(service), Arc::new(Admission::new(limits, log.clone())));
        Self { service, admission, handshake_timeout, stop, tasks, log, threads }
    }

    /// Returns `true` if the app accepts nothing more.
    pub(crate) fn is_closed(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Turns away whoever comes from now on.
    pub(crate) fn drain(&self) {
        self.admission.drain();
    }

    /// Returns `true` if the app lets clients in.
    pub(crate) fn is_ready(&self) -> bool {
        !self.is_closed() && !self.admission.is_draining()
    }

    /// Returns the threads on which connections are served.
    pub(crate) fn threads(&self) -> &Arc<Threads> {
        &self.threads
    }

    /// Lets in a connection of a listener, once what precedes its packets has passed.
    fn accepted<S: Stream>(&self, stream: S, peer: Option<SocketAddr>, preamble: &Preamble) {
        let address = peer.filter(|_| !preamble.names_client());
        let Some(entry) = self.admit(address) else { return };
        #[cfg(feature = "webtransport")]
        let stream = match webtransport::Arrival::of(stream) {
            Ok(arrival) => {
                let log = self.log.clone();
                return self.start_after(entry, async move { arrival.open(&log).await });
            }
            Err(stream) => stream,
        };
        if preamble.is_empty() {
            self.start(entry, Ready::new(stream, preamble.packets(), peer));
            return;
        }
        let (preamble, admission) = (preamble.clone(), self.admission.clone());
        #[cfg(feature = "tls")]
        if let Some(tls) = preamble.tls.clone() {
            let passed = async move { preamble.pass_secured(&tls, stream, peer, &admission).await };
            self.start_after(entry, passed);
            return;
        }
        self.start_after(entry, async move { preamble.pass(stream, peer, &admission).await });
    }

    /// Makes room for a connection, from an address that counts if it is known; `None` when the app has none, or
    /// accepts nothing more.
    pub(crate) fn admit(&self, address: Option<SocketAddr>) -> Option<Entry> {
        if self.is_closed() {
            return None;
        }
        let admitted = self.admission.admit(address)?;
        Some(Entry { deadline: self.deadline(&admitted), admitted })
    }

    fn deadline(&self, admitted: &Admitted) -> Instant {
        let time = match admitted.refusal().is_some() {
            true => self.handshake_timeout.min(REFUSAL_TIME),
            false => self.handshake_timeout,
        };
        Instant::now() + time
    }

    /// Serves a connection on which packets come next.
    pub(crate) fn start<S: Stream>(&self, entry: Entry, ready: Ready<S>) {
        let Entry { admitted, deadline } = entry;
        let Ready { stream, framing, peer, .. } = ready;
        let opened = Opened {
            stream,
            framing,
            peer,
            deadline,
            admitted,
            #[cfg(feature = "tls")]
            certificate: ready.certificate,
        };
        self.service.clone().start(opened, &self.tasks);
    }

    /// Serves a connection once `ready` has passed, within the deadline.
    pub(crate) fn start_after<S, F>(&self, mut entry: Entry, ready: F)
    where
        S: Stream,
        F: Future<Output = Option<Ready<S>>> + Send + 'static,
    {
        let door = self.clone();
        // In a task of its own, so that nothing of it is left when the connection idles.
        self.tasks.spawn(async move {
            let ready = tokio::select! {
                () = door.stop.cancelled() => return,
                ready = tokio::time::timeout_at(entry.deadline, ready) => ready,
            };
            let Ok(Some(ready)) = ready else { return };
            if !entry.admitted.locate(ready.peer) {
                return;
            }
            entry.deadline = entry.deadline.min(door.deadline(&entry.admitted));
            door.start(entry, ready);
        });
    }
}

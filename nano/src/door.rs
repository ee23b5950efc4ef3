//! The door: the sources of connections, and the checks before a connection is served.
//!
//! A [`Listener`] yields byte streams, and a [`Service`] serves them. Everything between the two is written
//! once, here: the accept loop, admission, the upgrade to a WebSocket, the deadline, the end of accepting.

mod accept;
mod admission;
mod listener;
mod service;
mod tcp;
pub(crate) mod upgrade;
mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::log::Log;
pub(crate) use admission::{Admission, AdmissionLimits, Admitted};
pub(crate) use listener::sealed::Entrance;
pub use listener::{Listen, Listener};
pub(crate) use service::{Framing, Opened, Opening, Service, Stream};
pub use tcp::Tcp;
pub use websocket::WebSocket;

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
        }
    }
}

impl<V: Service> Door<V> {
    pub(crate) fn new(
        service: V,
        limits: AdmissionLimits,
        log: Arc<Log>,
        handshake_timeout: Duration,
        stop: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        let (service, admission) =
            (Arc::new(service), Arc::new(Admission::new(limits, log.clone())));
        Self { service, admission, handshake_timeout, stop, tasks, log }
    }

    /// Returns `true` if the app accepts nothing more.
    pub(crate) fn is_closed(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Lets one connection in, in a task of its own, once it is open.
    ///
    /// Returns `false` when the app has no room for it, or accepts nothing more.
    pub(crate) fn admit<S: Stream>(&self, peer: Option<SocketAddr>, opening: Opening<S>) -> bool {
        if self.is_closed() {
            return false;
        }
        let Some(admitted) = self.admission.admit(peer) else { return false };
        let deadline = Instant::now() + self.handshake_timeout;
        match opening {
            Opening::Done(stream, framing) => {
                let opened = Opened { stream, framing, peer, deadline, admitted };
                self.service.clone().start(opened, &self.tasks);
            }
            // In a task of its own, so that nothing of it is left when the connection idles.
            Opening::Pending(opening) => {
                let door = self.clone();
                self.tasks.spawn(async move {
                    let opened = tokio::select! {
                        () = door.stop.cancelled() => return,
                        opened = tokio::time::timeout_at(deadline, opening) => opened,
                    };
                    if let Ok(Some((stream, framing))) = opened {
                        let opened = Opened { stream, framing, peer, deadline, admitted };
                        door.service.clone().start(opened, &door.tasks);
                    }
                });
            }
        }
        true
    }
}

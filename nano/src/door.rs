//! Doors: where connections come from, and what they have to pass before they are served.
//!
//! A [`Listener`] yields byte streams. Everything that stands between a stream and what serves it is here
//! and written once: the accept loop, admission, the upgrade to a WebSocket, the deadline, the end of
//! accepting. What serves the streams is a [`Service`].

mod accept;
mod admission;
mod listener;
mod service;
mod tcp;
pub(crate) mod upgrade;
mod websocket;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use admission::{Admission, AdmissionLimits, Admitted};
pub(crate) use listener::sealed::Entrance;
pub use listener::{Listen, Listener};
pub(crate) use service::{Framing, Opened, Service, Stream};
pub use tcp::Tcp;
pub use websocket::WebSocket;

/// The door of an app. Cheap to clone.
pub(crate) struct Door<V> {
    service: Arc<V>,
    admission: Arc<Admission>,
    handshake_timeout: Duration,
    /// Accepts nothing more once it is cancelled.
    stop: CancellationToken,
    /// The connections, which shutdown waits for.
    tasks: TaskTracker,
}

impl<V> Clone for Door<V> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            admission: self.admission.clone(),
            handshake_timeout: self.handshake_timeout,
            stop: self.stop.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

impl<V: Service> Door<V> {
    pub(crate) fn new(
        service: V,
        limits: AdmissionLimits,
        handshake_timeout: Duration,
        stop: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        let (service, admission) = (Arc::new(service), Arc::new(Admission::new(limits)));
        Self { service, admission, handshake_timeout, stop, tasks }
    }

    /// Whether the app accepts nothing more.
    pub(crate) fn is_closed(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Lets one connection in, in a task of its own: `opening` is what its stream needs before packets
    /// flow, such as an upgrade, and gives `None` when the peer was refused there.
    ///
    /// False when the app has no room for it, or accepts nothing more.
    pub(crate) fn admit<S: Stream>(
        &self,
        peer: Option<SocketAddr>,
        opening: impl Future<Output = Option<(S, Framing)>> + Send + 'static,
    ) -> bool {
        if self.is_closed() {
            return false;
        }
        let Some(admitted) = self.admission.admit(peer) else { return false };
        let deadline = Instant::now() + self.handshake_timeout;
        let (service, stop) = (self.service.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            // Boxed, so that what the opening needs is gone when the connection idles.
            let opened = Box::pin(async move {
                tokio::select! {
                    () = stop.cancelled() => None,
                    opened = tokio::time::timeout_at(deadline, opening) => opened.ok()?,
                }
            })
            .await;
            let Some((stream, framing)) = opened else { return };
            service.serve(Opened { stream, framing, peer, deadline, admitted }).await;
        });
        true
    }
}

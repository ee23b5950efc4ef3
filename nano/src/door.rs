//! Doors: where connections come from, and what they have to pass before they are served.
//!
//! A [`Listener`] yields byte streams. Everything that stands between a stream and what serves it is here
//! and written once: the accept loop, admission, the upgrade to a WebSocket, the deadline, the end of
//! accepting. What serves the streams is a [`Service`].

mod accept;
mod admission;
mod listener;
mod tcp;
pub(crate) mod upgrade;
mod websocket;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use admission::{Admission, AdmissionLimits, Admitted};
pub(crate) use listener::sealed::Entrance;
pub use listener::{Listen, Listener};
pub use tcp::Tcp;
pub use websocket::WebSocket;

/// What a connection needs of its byte stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A connection that has passed the door.
#[derive(Debug)]
pub(crate) struct Opened<S> {
    pub(crate) stream: S,
    pub(crate) framing: Framing,
    pub(crate) peer: Option<SocketAddr>,
    /// When the handshake has to be complete.
    pub(crate) deadline: Instant,
    pub(crate) admitted: Admitted,
}

/// How packets travel on a stream.
#[derive(Debug)]
pub enum Framing {
    /// One after another.
    Packets,
    /// In the frames of a WebSocket; the upgrade is done.
    WebSocket {
        /// The bytes behind the request.
        early: Vec<u8>,
    },
}

type OpeningFuture<S> = Pin<Box<dyn Future<Output = Option<(S, Framing)>> + Send>>;

/// What a stream needs before packets flow, such as an upgrade.
pub enum Opening<S> {
    /// Nothing.
    Done(S, Framing),
    /// Something that takes time; it gives `None` when the peer was refused.
    Pending(OpeningFuture<S>),
}

impl<S> fmt::Debug for Opening<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done(..) => "Opening::Done",
            Self::Pending(_) => "Opening::Pending",
        })
    }
}

/// Serves the connections that have passed the door.
pub(crate) trait Service: Send + Sync + 'static {
    /// Begins to serve one connection, in a task of `tasks`.
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker);
}

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

    /// Serves what comes in at an entrance, until the app stops accepting.
    pub(crate) fn open(&self, entrance: impl Entrance) {
        self.tasks.spawn(accept::accept(self.clone(), entrance));
    }

    /// Whether the app accepts nothing more.
    pub(crate) fn is_closed(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Lets one connection in, in a task of its own, once it is open.
    ///
    /// False when the app has no room for it, or accepts nothing more.
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

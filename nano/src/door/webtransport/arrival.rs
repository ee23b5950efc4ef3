//! The way of a connection from its first packet to the stream of a session.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wtransport::endpoint::{IncomingSessionFuture, SessionRequest};
use wtransport::error::ConnectionError;
use wtransport::quinn::Incoming;
use wtransport::{RecvStream, SendStream};

use super::session::WebTransportSession;
use crate::door::origins::Origins;
use crate::door::{Framing, PeerCertificate, Ready, Tls};
use crate::error::Report;
use crate::log::{Log, limited};
use crate::panics;

/// The longest origin in the log, in characters.
const ORIGIN: usize = 100;

/// The conditions of a listener.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) path: String,
    pub(super) origins: Origins,
    pub(super) tls: Tls,
}

/// A connection of a listener: not more than its first packet, until it [arrives](Arrival::open) as the stream of a session.
#[derive(Debug)]
pub struct SessionStream(State);

#[derive(Debug)]
enum State {
    Coming(Box<Arrival>),
    Open {
        send: SendStream,
        receive: RecvStream,
        end: SendEnd,
    },
    /// Its arrival was taken.
    Gone,
}

/// The end of what is sent. What the client has not confirmed is lost with the connection, unlike that of a TCP socket, so
/// it is waited for.
enum SendEnd {
    Open,
    Awaited(Pin<Box<dyn Future<Output = ()> + Send + Sync>>),
    /// The client has everything, or is gone.
    Reached,
}

impl fmt::Debug for SendEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "Open",
            Self::Awaited(_) => "Awaited",
            Self::Reached => "Reached",
        })
    }
}

/// A connection of which the first packet has come.
#[derive(Debug)]
pub(in crate::door) struct Arrival {
    incoming: Incoming,
    rules: Arc<Rules>,
}

impl SessionStream {
    pub(super) fn new(incoming: Incoming, rules: Arc<Rules>) -> Self {
        Self(State::Coming(Box::new(Arrival { incoming, rules })))
    }

    fn take(&mut self) -> Option<Box<Arrival>> {
        match std::mem::replace(&mut self.0, State::Gone) {
            State::Coming(arrival) => Some(arrival),
            other => {
                self.0 = other;
                None
            }
        }
    }
}

impl Arrival {
    /// Takes the arrival out of a stream.
    ///
    /// # Errors
    ///
    /// The stream, if it is of another kind.
    pub(in crate::door) fn of<S: 'static>(mut stream: S) -> Result<Box<Self>, S> {
        let session = (&mut stream as &mut dyn Any).downcast_mut::<SessionStream>();
        session.and_then(SessionStream::take).ok_or(stream)
    }

    /// Makes the handshake, answers the request for a session, and waits for its stream; `None` when the peer was refused,
    /// or went. The caller sets the deadline.
    pub(in crate::door) async fn open(self, log: &Log) -> Option<Ready<SessionStream>> {
        let peer = self.incoming.remote_address();
        // The library states what it expects of its own parts: a fault there costs this connection.
        match panics::catch_async(self.opened(log)).await {
            Ok(ready) => ready,
            Err(panic) => {
                limited!(log, SessionPanicked, %panic, ?peer);
                None
            }
        }
    }

    async fn opened(self, log: &Log) -> Option<Ready<SessionStream>> {
        let Self { incoming, rules } = self;
        let peer = incoming.remote_address();
        let connecting = incoming.accept_with(rules.tls.quic()?).ok()?;
        let request = match IncomingSessionFuture::with_quic_connecting(connecting).await {
            Ok(request) => request,
            Err(error @ (ConnectionError::QuicProto(_) | ConnectionError::ConnectionClosed(_))) => {
                // The reason of an end is the peer's own text.
                limited!(log, TlsFailed, error = %Report(&error), ?peer);
                return None;
            }
            // The peer went.
            Err(error) => {
                let error = Report(&error);
                tracing::debug!(%error, %peer, "a connection ended in its handshake");
                return None;
            }
        };
        let request = rules.checked(request, log).await?;
        let connection = request.accept().await.ok()?;
        let (send, receive) = connection.accept_bi().await.ok()?;
        let certificates = connection.peer_identity();
        let certificate = certificates.as_ref().and_then(|chain| chain.as_slice().first());
        let session = WebTransportSession::new(connection);
        Some(Ready {
            certificate: certificate.map(|certificate| PeerCertificate::new(certificate.der())),
            ..Ready::new(
                SessionStream(State::Open { send, receive, end: SendEnd::Open }),
                Framing::WebTransport(session),
                Some(peer),
            )
        })
    }
}

impl Rules {
    /// Returns a request that may be accepted; others are refused.
    async fn checked(&self, request: SessionRequest, log: &Log) -> Option<SessionRequest> {
        let peer = request.remote_address();
        if let Some(origin) = request.origin()
            && !self.origins.has(origin.as_bytes())
        {
            let origin: String = origin.chars().take(ORIGIN).collect();
            limited!(log, SessionRefused, origin = %origin.escape_debug(), ?peer);
            request.forbidden().await;
            return None;
        }
        let path = request.path().split('?').next();
        if path != Some(&self.path) {
            tracing::debug!(path = request.path(), %peer, "a session of WebTransport is for another path");
            request.not_found().await;
            return None;
        }
        Some(request)
    }
}

fn not_open<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}

impl AsyncRead for SessionStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            State::Open { receive, .. } => Pin::new(receive).poll_read(cx, buf),
            State::Coming(_) | State::Gone => not_open(),
        }
    }
}

impl AsyncWrite for SessionStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            State::Open { send, .. } => Pin::new(send).poll_write(cx, buf),
            State::Coming(_) | State::Gone => not_open(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            State::Open { send, .. } => Pin::new(send).poll_flush(cx),
            State::Coming(_) | State::Gone => not_open(),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let State::Open { send, end, .. } = &mut self.get_mut().0 else { return not_open() };
        loop {
            match end {
                SendEnd::Open => {
                    ready!(Pin::new(&mut *send).poll_shutdown(cx))?;
                    let stopped = send.quic_stream().stopped();
                    *end = SendEnd::Awaited(Box::pin(async move { drop(stopped.await) }));
                }
                SendEnd::Awaited(stopped) => {
                    ready!(stopped.as_mut().poll(cx));
                    *end = SendEnd::Reached;
                }
                SendEnd::Reached => return Poll::Ready(Ok(())),
            }
        }
    }
}

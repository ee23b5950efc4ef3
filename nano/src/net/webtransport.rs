//! Packets on the stream of a session of WebTransport.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;

use super::batch::Batch;
use super::close_code::CloseCode;
use super::transport::{PacketStream, RecvError, Transport};
use crate::door::{Stream, WebTransportSession};

/// The codes of a client that does not come back: it closed the session, or its page is gone.
const GOODBYES: [u64; 3] = [0, 1000, 1001];

/// Packets one after another on a stream of a session, which ends with it.
pub(crate) struct WebTransportStream<S> {
    packets: PacketStream<S>,
    session: WebTransportSession,
    /// The code and the reason of the end, once it has come.
    finished: Option<(CloseCode, String)>,
    /// The wait for the code that the client has closed the session with.
    closed: Option<Closed>,
    has_left: bool,
}

/// The wait for the end of a session.
type Closed = Pin<Box<dyn Future<Output = Option<u64>> + Send>>;

impl<S: Stream> WebTransportStream<S> {
    pub(crate) fn new(stream: S, session: WebTransportSession) -> Self {
        let packets = PacketStream::new(stream);
        Self { packets, session, finished: None, closed: None, has_left: false }
    }
}

impl<S: Stream> Transport for WebTransportStream<S> {
    const NAME: &'static str = "webtransport";

    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        let received = self.packets.poll_recv(cx, inbound);
        if !matches!(received, Poll::Ready(Err(RecvError::Io(_)))) || !self.session.is_closed() {
            return received;
        }
        // The session has ended: its code is known as soon as its own task has read it.
        let session = &self.session;
        let closed = self.closed.get_or_insert_with(|| Box::pin(session.clone().closed()));
        let code = ready!(closed.as_mut().poll(cx));
        self.closed = Some(Box::pin(std::future::ready(code)));
        self.has_left = code.is_some_and(|code| GOODBYES.contains(&code));
        received
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        self.packets.poll_send(cx, batch)
    }

    fn has_left(&self) -> bool {
        self.has_left
    }

    fn session(&self) -> Option<&WebTransportSession> {
        Some(&self.session)
    }

    /// Ends the stream. The session ends when the client has read that, or when this is dropped.
    fn poll_finish(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
        reason: &str,
    ) -> Poll<io::Result<()>> {
        self.finished.get_or_insert_with(|| (code, reason.to_owned()));
        self.packets.poll_finish(cx, code, reason)
    }
}

impl<S> Drop for WebTransportStream<S> {
    fn drop(&mut self) {
        let (code, reason) = match &self.finished {
            Some((code, reason)) => (*code, reason.as_str()),
            None => (CloseCode::Away, ""),
        };
        self.session.close(code.into(), reason);
    }
}

impl<S> fmt::Debug for WebTransportStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebTransportStream").field("session", &self.session).finish_non_exhaustive()
    }
}

//! The pump of one connection: one task that reads, hands messages to the session's dispatch, and writes.
//!
//! The task is one `poll` that does whatever can be done and sleeps when nothing can: a handler that
//! awaits stops neither what is sent nor what is read. Whatever happens elsewhere (a push, a close)
//! reaches it through the session's [`Local`] link.

mod deadlines;
mod inbound;
mod opening;
mod phases;
mod rate;
mod refuse;
mod resume;
mod seating;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use super::batch::Batch;
use super::close_code::{CloseCode, close_code};
use super::local::{End, Local, Look, recycle};
use super::transport::{RecvError, Transport};
use super::{Net, buffers};
use crate::codec::packet::HEADER_LEN;
use crate::deadline::Deadline;
use crate::dispatch::Dispatch;
use crate::door::Admitted;
use crate::metrics::Connected;
use crate::session::link::Link;
use crate::session::{CloseReason, Session};
use crate::wire::handshake::Hello;
use phases::{Application, Opening, Reading, Sending};
use rate::Rate;
use seating::Seating;

/// The number of messages that are handled, or passes that are made, before other connections get their turn.
const BUDGET: usize = 64;

/// The time that the peer may take to end its side. Closing at once would discard what is under way to it.
const LINGER: Duration = Duration::from_secs(1);

/// One connection, served until both sides have ended and the session's hooks have run.
///
/// The four things that go on at the same time each have their phase; everything else is bytes.
pub(super) struct Pump<T> {
    net: Arc<Net>,
    /// It counts as long as there is a socket: a peer that reads no kick must not get around the limits.
    admitted: Admitted,
    link: Arc<Local>,
    dispatch: Dispatch,
    seating: Seating,
    transport: T,
    opening: Opening,
    /// The announcement that the application's hook decides on.
    hello: Option<Box<Hello>>,
    reading: Reading,
    application: Application,
    sending: Sending,
    rate: Rate,
    /// The code of the peer's fault, if one ends the session.
    fault: CloseCode,
    inbound: BytesMut,
    batch: Batch,
    deadline: Deadline,
    /// Counts the connection and its bytes, in an app with metrics.
    connected: Option<Box<Connected>>,
}

impl<T: Transport> Pump<T> {
    /// `None` when the app is shutting down.
    pub(super) fn new(
        net: Arc<Net>,
        transport: T,
        peer: Option<SocketAddr>,
        deadline: Instant,
        admitted: Admitted,
    ) -> Option<Self> {
        let (link, dispatch) = Self::session_of(&net, peer)?;
        let rate = Rate::new(net.settings.rates);
        let metrics = net.runtime.log().metrics();
        let connected = metrics.map(|metrics| Connected::new(metrics, T::NAME));
        Some(Self {
            net,
            admitted,
            link,
            dispatch,
            seating: Seating::None,
            transport,
            opening: Opening::Handshake { until: deadline },
            hello: None,
            reading: Reading::Open,
            application: Application::Serving,
            sending: Sending::Flowing,
            rate,
            fault: CloseCode::Protocol,
            inbound: BytesMut::new(),
            batch: Batch::default(),
            deadline: Deadline::default(),
            connected: connected.map(Box::new),
        })
    }

    /// Creates a session that reaches its client through a link of its own; `None` when the app is shutting down.
    fn session_of(net: &Net, peer: Option<SocketAddr>) -> Option<(Arc<Local>, Dispatch)> {
        let runtime = net.runtime.clone();
        let (wire, clock) = (runtime.wire.clone(), runtime.clock.clone());
        let link = Arc::new(Local::new(wire.clone(), clock.clone(), net.settings.outbound));
        let id = runtime.session_ids.next();
        let common = runtime.common.clone();
        let session = Session::new(id, peer, wire, link.clone(), clock, common);
        Some((link, Dispatch::new(runtime, session)?))
    }

    fn session(&self) -> &Session {
        self.dispatch.session()
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut budget = BUDGET;
        loop {
            self.look();
            let mut progress = self.poll_receive(cx);
            progress |= self.poll_application(cx, &mut budget);
            progress |= self.poll_seat(cx);
            self.look();
            progress |= self.poll_send(cx);
            if self.is_done() {
                return Poll::Ready(());
            }
            // A pass costs as much as a message: there may always be something to read, or to send.
            budget = budget.saturating_sub(1);
            if budget == 0 {
                // Deadlines hold also for a peer that always has something to say.
                if self.poll_deadlines(cx) {
                    continue;
                }
                self.release_buffers();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if progress || self.poll_deadlines(cx) {
                continue;
            }
            if self.link.sleep(cx) {
                // What a client sends while it is not read is no silence.
                self.link.set_busy(!self.dispatch.is_idle() || self.is_rate_exceeded());
                self.release_buffers();
                return Poll::Pending;
            }
        }
    }

    /// Takes what waits, and notice of what happened elsewhere.
    #[inline(always)]
    fn look(&mut self) {
        if self.link.has_news() {
            self.take_news();
        }
    }

    #[inline(never)]
    fn take_news(&mut self) {
        // A batch that the transport has not flushed is not added to: its deadline is its own.
        let len = self.batch.len();
        let batch = self.sending.is_ready().then_some(&mut self.batch);
        let look = self.link.look(batch);
        self.keep(len);
        self.notice(look);
    }

    fn notice(&mut self, look: Look) {
        if look.end != End::Open {
            self.application.close(Instant::now());
        }
        if look.end == End::Sealed {
            self.sending.seal(Instant::now());
        }
        if look.is_aborted {
            self.application.abort();
            self.dispatch.abort();
        }
    }

    /// Runs what the application does for the session, in a turn of its own if something can be
    /// written after it.
    fn poll_application(&mut self, cx: &mut Context<'_>, budget: &mut usize) -> bool {
        let is_idle = self.inbound.is_empty() && self.dispatch.is_idle();
        if is_idle
            && self.reading == Reading::Open
            && self.application == Application::Serving
            && !self.session().is_bound_anew()
        {
            return false;
        }
        if is_idle || self.sending != Sending::Flowing {
            return self.run_application(cx, budget);
        }
        let turn = self.link.turn();
        let progress = self.run_application(cx, budget);
        let len = self.batch.len();
        let unused = self.batch.take_over(turn.finish());
        self.keep(len);
        if let Some(unused) = unused {
            recycle(unused);
        }
        progress
    }

    fn run_application(&mut self, cx: &mut Context<'_>, budget: &mut usize) -> bool {
        let mut progress = self.dispatch.poll(cx);
        progress |= self.decide_handshake();
        progress |= self.handle_inbound(cx, budget);
        progress | self.end_when_idle(cx)
    }

    fn is_done(&self) -> bool {
        self.application == Application::Ended
            && self.dispatch.is_idle()
            && self.sending == Sending::Done
    }

    /// Closes because of what the peer did.
    fn close(&mut self, reason: CloseReason) {
        self.link.close(reason);
        self.application.close(Instant::now());
        self.application.abort();
    }

    /// The transport is of no more use in either direction.
    fn break_off(&mut self, reason: CloseReason) {
        self.close(reason);
        self.link.discard();
        self.batch.clear();
        self.reading = Reading::Ended;
        self.sending = Sending::Done;
    }

    /// The peer takes nothing more. Unless the session was being closed already, what the peer sent
    /// before is still read and handled.
    fn abandon(&mut self) {
        if self.lose() {
            return;
        }
        let (application, reading) = (self.application, self.reading);
        self.break_off(CloseReason::Disconnected);
        if application == Application::Serving && self.opening == Opening::Complete {
            self.application = Application::LastWords { since: Instant::now() };
            self.reading = reading;
        }
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> bool {
        // While a handler runs, its session's next messages wait here, and then in the kernel.
        let full = self.inbound.len() >= self.net.settings.packet_limit + HEADER_LEN;
        let is_full = full && !self.transport.owes_close();
        if self.reading == Reading::Ended || is_full || self.is_rate_exceeded() {
            return false;
        }
        if self.inbound.capacity() == 0 {
            self.inbound = buffers::take();
        }
        let before = self.inbound.len();
        let received = self.transport.poll_recv(cx, &mut self.inbound);
        if let Some(connected) = &self.connected {
            connected.received(self.inbound.len() - before);
        }
        let empty = self.transport.take_empty_frames();
        if empty > 0 {
            self.count(empty, 0);
        }
        match received {
            Poll::Pending => return empty > 0,
            // Of what comes after the end nothing is handled: it is read to learn of the peer's end.
            Poll::Ready(Ok(true)) if self.application == Application::Ended => self.inbound.clear(),
            Poll::Ready(Ok(true)) => {}
            Poll::Ready(Ok(false)) => self.end_of_stream(),
            Poll::Ready(Err(RecvError::Io(error))) => {
                tracing::debug!(session = %self.session().id(), %error, "a connection broke");
                self.end_of_stream();
            }
            Poll::Ready(Err(RecvError::Protocol(fault))) => self.violation(fault),
        }
        true
    }

    fn end_of_stream(&mut self) {
        self.reading = Reading::Ended;
        if self.resumable().is_none() {
            self.link.left();
        }
        // The answer to the peer's end may not have been written.
        self.sending.stall(Instant::now());
        if matches!(self.sending, Sending::Lingering { .. }) {
            self.sending = Sending::Done;
        }
    }

    /// Ends the session once it is closing and its handlers have finished: then comes the last packet.
    fn end_when_idle(&mut self, cx: &mut Context<'_>) -> bool {
        if !matches!(self.application, Application::Closing { .. }) || !self.dispatch.is_idle() {
            return false;
        }
        let (inbound, limit) = (&self.inbound, self.net.settings.packet_limit);
        let ended = self.dispatch.end(cx, |dispatch, error| {
            refuse::refuse_all(dispatch, inbound, limit, error);
        });
        if ended {
            self.inbound.clear();
            self.link.stop_heartbeat();
            self.link.seal(T::SHOWS_END);
            self.application = Application::Ended;
        }
        true
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> bool {
        if matches!(self.sending, Sending::Lingering { .. } | Sending::Done) {
            return false;
        }
        // The transport may hold the last of the batch, and still have to flush it.
        if !self.batch.is_empty() || !self.sending.is_ready() {
            let before = self.batch.len();
            let sent = self.transport.poll_send(cx, &mut self.batch);
            if let Some(connected) = &self.connected {
                connected.sent(before - self.batch.len());
            }
            return match sent {
                Poll::Ready(Ok(())) => {
                    self.sending.flushed(Instant::now);
                    true
                }
                Poll::Ready(Err(error)) => {
                    tracing::debug!(session = %self.session().id(), %error, "a connection broke");
                    self.abandon();
                    true
                }
                Poll::Pending => {
                    self.sending.stall(Instant::now());
                    false
                }
            };
        }
        if !matches!(self.sending, Sending::Last { .. }) {
            return false;
        }
        let reason = self.link.close_reason().unwrap_or(CloseReason::Closed);
        let code = close_code(&reason, self.link.dialect().family, self.fault);
        match self.transport.poll_finish(cx, code, &reason.to_string()) {
            Poll::Pending => false,
            Poll::Ready(finished) => {
                self.sending = match finished {
                    Ok(()) if self.reading == Reading::Open => {
                        Sending::Lingering { until: Instant::now() + LINGER }
                    }
                    _ => Sending::Done,
                };
                true
            }
        }
    }

    /// Leaves nothing with a connection that waits but the part of a packet that has come.
    fn release_buffers(&mut self) {
        if let Some(written) = self.batch.release() {
            recycle(written);
        }
        buffers::give_back(&mut self.inbound);
    }
}

impl<T: Transport> Future for Pump<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let _entered = self.dispatch.enter_span();
        self.get_mut().turn(cx)
    }
}

impl<T> Drop for Pump<T> {
    fn drop(&mut self) {
        // The task may be dropped with its runtime: nothing is sent any more, and nobody comes back.
        if let Seating::Seated(seated) = &self.seating {
            seated.end();
        }
        self.link.close(CloseReason::Disconnected);
        self.link.discard();
        self.link.stop_heartbeat();
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;

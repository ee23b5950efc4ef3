//! One connection, one task: it reads, runs the session's handlers one after another, and writes.
//!
//! The task is one `poll` that does whatever can be done and sleeps when nothing can: a handler that
//! awaits stops neither what is sent nor what is read. Whatever happens elsewhere (a push, a close)
//! reaches it through the session's [`Outbound`](super::outbound::Outbound).

mod deadlines;
mod inbound;
mod running;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use super::deadline::Deadline;
use super::outbound::Batch;
use super::transport::{RecvError, Transport};
use crate::app::Core;
use crate::codec::packet::HEADER_LEN;
use crate::component::{DropReason, SessionEvent};
use crate::session::{CloseReason, Session};
use crate::{Error, ErrorKind};
use running::Running;

/// How many messages are handled before other connections get their turn.
const BUDGET: usize = 64;

/// What the read buffer may keep while the connection waits.
const IDLE_CAPACITY: usize = 4 * 1024;

/// How long the peer may take to end its side. Closing at once would discard what is under way to it.
const LINGER: Duration = Duration::from_secs(1);

/// Serves one connection until both sides have ended and its hooks have run.
pub(crate) async fn serve(
    core: Arc<Core>,
    transport: impl Transport,
    remote: Option<SocketAddr>,
    handshake_deadline: Instant,
) {
    let session = Session::new(core.clone(), remote);
    if !core.sessions.insert(&session) {
        return;
    }
    let mut connection = Connection::new(core, transport, session, handshake_deadline);
    poll_fn(|cx| connection.poll(cx)).await;
}

/// How far the opening exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Only a handshake is legal.
    Start,
    /// Only the client's ack is legal.
    WaitAck,
    Working,
}

/// How far the end of the sending direction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finish {
    Open,
    /// Waits for the peer to end its side.
    Lingering(Instant),
    Done,
}

struct Connection<T> {
    core: Arc<Core>,
    transport: T,
    session: Session,
    phase: Phase,
    handshake_deadline: Instant,
    inbound: BytesMut,
    read_ended: bool,
    running: Option<Running>,
    batch: Batch,
    /// When the transport began to refuse the batch.
    write_stalled: Option<Instant>,
    /// When closing began.
    closing: Option<Instant>,
    /// The peer takes nothing more, but may have said something before it went: that is handled.
    abandoned: bool,
    /// When the queue was found to have ended.
    sealed: Option<Instant>,
    /// The queue has given its last packet to the batch.
    drained: bool,
    finish: Finish,
    /// The session has left its groups, and its `session_closed` hooks run or have run.
    ended: bool,
    deadline: Deadline,
}

impl<T: Transport> Connection<T> {
    fn new(core: Arc<Core>, transport: T, session: Session, handshake_deadline: Instant) -> Self {
        Self {
            core,
            transport,
            session,
            phase: Phase::Start,
            handshake_deadline,
            inbound: BytesMut::new(),
            read_ended: false,
            running: None,
            batch: Batch::new(),
            write_stalled: None,
            closing: None,
            abandoned: false,
            sealed: None,
            drained: false,
            finish: Finish::Open,
            ended: false,
            deadline: Deadline::default(),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut budget = BUDGET;
        self.look();
        loop {
            let mut progress = self.poll_receive(cx);
            progress |= self.poll_running(cx);
            progress |= self.handle_inbound(cx, &mut budget);
            progress |= self.end_when_idle(cx);
            self.look();
            progress |= self.poll_send(cx);
            if self.is_done() {
                return Poll::Ready(());
            }
            if budget == 0 {
                // Deadlines hold also for a peer that always has something to say.
                if self.poll_deadlines(cx) {
                    continue;
                }
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if progress || self.poll_deadlines(cx) {
                continue;
            }
            if self.session.outbound().sleep(cx) {
                if self.inbound.is_empty() && self.inbound.capacity() > IDLE_CAPACITY {
                    self.inbound = BytesMut::new();
                }
                return Poll::Pending;
            }
        }
    }

    /// Takes notice of what happened elsewhere.
    fn look(&mut self) {
        // A batch that the transport has not flushed is not added to: its deadline is its own.
        let fill = self.write_stalled.is_none();
        let look = self.session.outbound().look(&mut self.batch, fill);
        if look.closing && self.closing.is_none() {
            self.closing = Some(Instant::now());
        }
        if look.sealed && self.sealed.is_none() {
            self.sealed = Some(Instant::now());
        }
        self.drained = look.sealed && look.empty;
        if look.aborted {
            self.abandoned = false;
            self.drop_handler(DropReason::Shutdown);
        }
    }

    fn is_done(&self) -> bool {
        self.ended && self.running.is_none() && self.finish == Finish::Done
    }

    /// Closes because of what the peer did.
    fn close(&mut self, reason: CloseReason) {
        self.abandoned = false;
        if self.session.outbound().close(reason) {
            self.closing = Some(Instant::now());
        }
    }

    /// The transport is of no more use in either direction.
    fn break_off(&mut self, reason: CloseReason) {
        self.close(reason);
        self.session.outbound().discard();
        self.batch.clear();
        self.write_stalled = None;
        self.read_ended = true;
        self.finish = Finish::Done;
    }

    /// The peer takes nothing more. Unless the session was being closed already, what the peer sent
    /// before is still read and handled.
    fn abandon(&mut self) {
        let (first, read_ended) = (self.closing.is_none(), self.read_ended);
        self.break_off(CloseReason::Disconnected);
        if first && self.phase == Phase::Working {
            self.abandoned = true;
            self.read_ended = read_ended;
        }
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> bool {
        // While a handler runs, its session's next messages wait here, and then in the kernel.
        let full = self.inbound.len() >= self.core.config.packet_limit + HEADER_LEN;
        let unwanted = self.closing.is_some() && !self.ended && !self.abandoned;
        if self.read_ended || full || unwanted {
            return false;
        }
        match self.transport.poll_recv(cx, &mut self.inbound) {
            Poll::Pending => return false,
            // Of what comes after the end nothing is handled: it is read to learn of the peer's end.
            Poll::Ready(Ok(true)) if self.ended => self.inbound.clear(),
            Poll::Ready(Ok(true)) => {}
            Poll::Ready(Ok(false)) => self.end_of_stream(),
            Poll::Ready(Err(RecvError::Io(error))) => {
                tracing::debug!(session = %self.session.id(), %error, "a connection broke");
                self.end_of_stream();
            }
            Poll::Ready(Err(RecvError::Protocol(detail))) => {
                self.read_ended = true;
                self.close(CloseReason::Protocol(detail.into()));
            }
        }
        true
    }

    fn end_of_stream(&mut self) {
        self.read_ended = true;
        if matches!(self.finish, Finish::Lingering(_)) {
            self.finish = Finish::Done;
        }
    }

    /// Whether nothing of the application's runs for this session.
    fn is_idle(&self) -> bool {
        self.running.is_none() && self.session.concurrent().load(Ordering::Acquire) == 0
    }

    /// Once the session is closing and its handlers have finished: the last packet, the groups, the
    /// hooks.
    fn end_when_idle(&mut self, cx: &mut Context<'_>) -> bool {
        if self.closing.is_none() || self.abandoned || self.ended || !self.is_idle() {
            return false;
        }
        if self.phase == Phase::Working && self.session.take_bound() {
            // Bound by the handler that also closed it: whoever hears of its end knew of its user.
            self.start_hooks(cx, SessionEvent::Bound);
            return true;
        }
        self.ended = true;
        if self.session.close_reason() == Some(CloseReason::Shutdown) {
            let error = Error::new(ErrorKind::Shutdown, "the server is shutting down");
            self.refuse_inbound(&error);
            self.session.fail_replies(&error);
        }
        self.session.outbound().seal();
        self.session.end();
        self.core.sessions.remove(&self.session);
        self.inbound = BytesMut::new();
        if self.phase == Phase::Working {
            tracing::debug!(
                session = %self.session.id(),
                uid = ?self.session.uid(),
                reason = %self.session.close_reason().unwrap_or(CloseReason::Closed),
                "a session ended"
            );
            self.start_hooks(cx, SessionEvent::Closed);
        }
        true
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> bool {
        if self.finish != Finish::Open {
            return false;
        }
        // The transport may hold the last of the batch, and still have to flush it.
        if !self.batch.is_empty() || self.write_stalled.is_some() {
            return match self.transport.poll_send(cx, &mut self.batch) {
                Poll::Ready(Ok(())) => {
                    self.write_stalled = None;
                    true
                }
                Poll::Ready(Err(error)) => {
                    tracing::debug!(session = %self.session.id(), %error, "a connection broke");
                    self.abandon();
                    true
                }
                Poll::Pending => {
                    self.write_stalled.get_or_insert_with(Instant::now);
                    false
                }
            };
        }
        if !self.drained {
            return false;
        }
        match self.transport.poll_finish(cx) {
            Poll::Pending => false,
            Poll::Ready(finished) => {
                self.finish = match finished {
                    Ok(()) if !self.read_ended => Finish::Lingering(Instant::now() + LINGER),
                    _ => Finish::Done,
                };
                true
            }
        }
    }
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        // The task may be dropped with its runtime: the books are kept all the same.
        self.session.outbound().close(CloseReason::Disconnected);
        self.session.outbound().discard();
        self.session.end();
        self.core.sessions.remove(&self.session);
    }
}

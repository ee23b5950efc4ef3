//! The task of a lost session, which goes on with what its handlers do until the client is back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;

use super::options::Resume;
use super::seat::Seat;
use crate::deadline::Deadline;
use crate::dispatch::Dispatch;
use crate::door::Admitted;
use crate::net::local::{End, Local};
use crate::session::CloseReason;
use crate::session::link::Link;
use crate::wire::ring::Ring;

/// A session without a connection.
pub(crate) struct Lost {
    pub(crate) link: Arc<Local>,
    pub(crate) dispatch: Dispatch,
    /// It counts as long as the session waits.
    pub(crate) admitted: Admitted,
    /// The packets that were sent.
    pub(crate) sent: Ring,
    /// The number of data packets that were taken in.
    pub(crate) received: u64,
    until: Instant,
    deadline: Deadline,
    is_ended: bool,
}

impl Lost {
    /// Takes a session from its connection.
    pub(crate) fn new(
        link: Arc<Local>,
        mut dispatch: Dispatch,
        admitted: Admitted,
        sent: Ring,
        received: u64,
        limits: &Resume,
    ) -> Self {
        // Ahead of what other nodes are told, so that a message that is on its way to one of them tells it, too.
        link.lose();
        dispatch.lose();
        let until = Instant::now() + limits.window;
        let deadline = Deadline::default();
        Self { link, dispatch, admitted, sent, received, until, deadline, is_ended: false }
    }

    /// Runs what the application does for the session; ready when the session has ended.
    fn poll(&mut self, cx: &mut Context<'_>, limits: &Resume) -> Poll<()> {
        loop {
            let look = self.link.look(None);
            if look.is_aborted {
                self.dispatch.abort();
            }
            let mut progress = self.dispatch.poll(cx);
            if look.end == End::Open {
                if self.link.is_beyond(limits.messages, limits.bytes) {
                    tracing::debug!(
                        session = %self.dispatch.session().id(),
                        "a lost session ends: more was sent to it than is kept"
                    );
                    self.link.close(CloseReason::Disconnected);
                    continue;
                }
            } else if !self.is_ended && self.dispatch.is_idle() {
                self.is_ended = self.dispatch.end(cx, |_, _| {});
                progress = true;
            }
            if self.is_ended && self.dispatch.is_idle() {
                self.link.discard();
                self.link.stop_heartbeat();
                return Poll::Ready(());
            }
            if progress || self.poll_deadline(cx) {
                continue;
            }
            if self.link.sleep(cx) {
                return Poll::Pending;
            }
        }
    }

    /// True when a deadline had passed and was acted on.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> bool {
        let until = (!self.link.is_closing()).then_some(self.until);
        let Some(at) = until.into_iter().chain(self.dispatch.deadline()).min() else {
            return false;
        };
        if self.deadline.poll_at(cx, at).is_pending() {
            return false;
        }
        let now = Instant::now();
        self.dispatch.expire(cx, now);
        if until.is_some_and(|until| until <= now) {
            self.link.close(CloseReason::Disconnected);
        }
        true
    }
}

/// The task of a lost session. It ends when the session does, or when another connection has taken it.
pub(crate) struct Parked {
    seat: Arc<Seat<Lost>>,
    limits: Resume,
    /// The number by which the session is found in its seat.
    left: u64,
    /// The session once it is closing: nobody can take it any more.
    closing: Option<Box<Lost>>,
    is_over: bool,
}

impl Parked {
    /// Leaves a session in its seat, and creates its task.
    pub(crate) fn new(seat: Arc<Seat<Lost>>, lost: Box<Lost>, limits: Resume) -> Self {
        let left = seat.leave(lost);
        Self { seat, limits, left, closing: None, is_over: false }
    }

    /// Creates the task of a session to which its client cannot come back.
    pub(crate) fn end(seat: Arc<Seat<Lost>>, lost: Box<Lost>, limits: Resume) -> Self {
        lost.link.close(CloseReason::Disconnected);
        seat.end();
        Self { seat, limits, left: 0, closing: Some(lost), is_over: false }
    }
}

impl Future for Parked {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        // The session is not in its seat while the application runs.
        let Some(mut lost) = this.closing.take().or_else(|| this.seat.take(this.left)) else {
            this.is_over = true;
            return Poll::Ready(());
        };
        let ended = lost.poll(cx, &this.limits);
        if ended.is_pending() && !lost.link.is_closing() {
            this.left = this.seat.leave(lost);
            return Poll::Pending;
        }
        this.seat.end();
        if ended.is_pending() {
            this.closing = Some(lost);
        }
        this.is_over = ended.is_ready();
        ended
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        // The task may be dropped with its runtime. If it is over, the session may be in its seat for another one.
        if !self.is_over
            && let Some(lost) = self.closing.take().or_else(|| self.seat.take(self.left))
        {
            self.seat.end();
            lost.link.close(CloseReason::Disconnected);
            lost.link.discard();
            lost.link.stop_heartbeat();
        }
    }
}

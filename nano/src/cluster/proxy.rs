//! The sessions of other nodes' clients, as this node's handlers see them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::num::NonZeroU64;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::frames::SessionState;
use super::inbox::{Message, ToHandle};
use super::lease::Lease;
use super::received::Received;
use super::remote::Remote;
use crate::codec::message::RawRoute;
use crate::deadline::Deadline;
use crate::dispatch::{Dispatch, FromGate, Inbound};
use crate::log::limited;
use crate::session::{CallTarget, Session};
use crate::{Error, ErrorKind};

/// One session, and the task that runs its messages.
pub(super) struct Proxy {
    remote: Arc<Remote>,
    session: Session,
    dispatch: Dispatch,
    /// What has just come.
    taken: VecDeque<ToHandle>,
    waiting: VecDeque<Message>,
    /// The calls that wait for the hooks of the opening.
    calls: Vec<Received>,
    lease: Arc<Lease>,
    /// The gate has checked the policy of messages.
    is_checked: bool,
    /// The registry is asked if this node may still handle messages.
    doubt: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// The end of the last message's handler is still to be noted.
    is_handling: bool,
    /// The connection of the client is lost, as the hooks know.
    is_lost: bool,
    is_opened: bool,
    /// The hooks of the opening have run.
    is_open: bool,
    is_ended: bool,
    deadline: Deadline,
}

impl Proxy {
    pub(super) fn new(
        remote: Arc<Remote>,
        dispatch: Dispatch,
        lease: Arc<Lease>,
        is_checked: bool,
    ) -> Self {
        Self {
            session: dispatch.session().clone(),
            remote,
            dispatch,
            taken: VecDeque::new(),
            waiting: VecDeque::new(),
            calls: Vec::new(),
            lease,
            is_checked,
            doubt: None,
            is_handling: false,
            is_lost: false,
            is_opened: false,
            is_open: false,
            is_ended: false,
            deadline: Deadline::default(),
        }
    }

    /// Runs the session's messages until it has ended.
    pub(super) async fn run(mut self) {
        poll_fn(|cx| {
            self.remote.begin_turn(cx, &mut self.taken);
            let polled = self.poll(cx);
            self.remote.end_turn(self.waiting.len(), self.calls.len());
            polled
        })
        .await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.remote.is_aborted() {
            self.dispatch.abort();
        }
        for message in self.taken.drain(..) {
            match message {
                ToHandle::Message(message) => self.waiting.push_back(message),
                ToHandle::Call(call) => self.calls.push(*call),
            }
        }
        loop {
            let mut progress = self.dispatch.poll(cx);
            self.note_end();
            if self.session.is_closed() && !self.remote.has_ended() {
                self.refuse_waiting();
            }
            self.begin_calls(cx);
            progress |= self.note_presence(cx);
            while self.dispatch.is_ready()
                && !self.session.is_closed()
                && let Some(now) = self.holds_lease(cx)
                && let Some(message) = self.waiting.pop_front()
            {
                self.handle(cx, message, now);
                progress = true;
            }
            if self.remote.has_ended() && self.dispatch.is_idle() && !self.is_ended {
                let (waiting, remote) = (&self.waiting, &self.remote);
                self.is_ended = self.dispatch.end(cx, |_, error| {
                    waiting.iter().for_each(|message| remote.refuse(message.id, error));
                });
                let error = Error::new(ErrorKind::Closed, "the session has ended");
                self.calls.drain(..).for_each(|call| call.answer.refuse(&error));
                progress = true;
            }
            if self.is_ended && self.dispatch.is_idle() {
                return Poll::Ready(());
            }
            if !progress && !self.poll_deadline(cx) {
                return Poll::Pending;
            }
        }
    }

    /// Refuses what has come for a session that is closing. Its gate ends it when all that it sent has come to its end, so
    /// that nothing can wait for the end.
    fn refuse_waiting(&mut self) {
        let error = Error::new(ErrorKind::Closed, "the session is closing");
        self.waiting.drain(..).for_each(|message| self.remote.refuse(message.id, &error));
        self.calls.drain(..).for_each(|call| call.answer.refuse(&error));
    }

    /// Returns the time, if the node may handle what waits now.
    fn holds_lease(&mut self, cx: &mut Context<'_>) -> Option<Instant> {
        if self.waiting.is_empty() && self.calls.is_empty() {
            return None;
        }
        let (lease, now) = (&self.lease, Instant::now());
        if lease.stands_at(now) {
            self.doubt = None;
            return Some(now);
        }
        let doubt = self.doubt.get_or_insert_with(|| {
            let lease = lease.clone();
            Box::pin(async move { lease.stood().await })
        });
        let is_over = doubt.as_mut().poll(cx).is_ready();
        if is_over {
            self.doubt = None;
        }
        is_over.then_some(now)
    }

    fn handle(&mut self, cx: &mut Context<'_>, message: Message, now: Instant) {
        let Message { id, is_notify, route, body, until, state, token } = message;
        take_over(&self.session, &self.remote, state);
        if !self.opens(cx) {
            // Its hooks go first.
            let message = Message { id, is_notify, route, body, until, state: None, token };
            return self.waiting.push_front(message);
        }
        let left = until.saturating_duration_since(now);
        if left < Duration::from_millis(1) {
            let error = Error::new(ErrorKind::Timeout, "the message came too late");
            return self.remote.refuse(id, &error);
        }
        self.is_handling = true;
        self.remote.set_current(id, is_notify, token);
        let inbound = Inbound {
            route: RawRoute::Name(&route),
            request: NonZeroU64::new(id).filter(|_| !is_notify),
            body: Ok(Cow::Borrowed(&body)),
        };
        let gate = FromGate { message: id, left, is_checked: self.is_checked };
        if let Err(violation) = self.dispatch.forwarded(cx, inbound, gate) {
            let error = Error::new(ErrorKind::Protocol, format!("{violation:?}"));
            self.remote.refuse(id, &error);
        }
        self.note_end();
    }

    /// Lets calls of components begin, which wait for nothing but the hooks of the opening.
    fn begin_calls(&mut self, cx: &mut Context<'_>) {
        if self.calls.is_empty() || self.session.is_closed() || self.holds_lease(cx).is_none() {
            return;
        }
        for call in &mut self.calls {
            take_over(&self.session, &self.remote, call.state.take());
        }
        if !self.opens(cx) {
            return;
        }
        for call in std::mem::take(&mut self.calls) {
            let (call, answer) = call.with(CallTarget::Session(self.session.clone()));
            self.dispatch.spawn_call(call, |answered| answer.give(answered));
        }
    }

    /// Opens the session. Returns `true` once the hooks of its opening have run.
    fn opens(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.is_opened {
            self.is_opened = true;
            self.dispatch.open(cx);
        }
        self.is_open |= self.dispatch.is_ready();
        self.is_open
    }

    /// Lets the hooks run for a client that is lost or back, as the gate says, once those of the opening have run. Returns `true`
    /// if there is something to run.
    fn note_presence(&mut self, cx: &mut Context<'_>) -> bool {
        let is_lost = self.session.link().is_lost();
        if !self.is_open || is_lost == self.is_lost {
            return false;
        }
        self.is_lost = is_lost;
        match is_lost {
            true => self.dispatch.lose(),
            false => self.dispatch.resume(cx),
        }
        true
    }

    /// Tells the gate that the handler has ended, if it has.
    fn note_end(&mut self) {
        if self.is_handling && self.dispatch.is_ready() {
            self.is_handling = false;
            self.remote.done();
        }
    }

    /// Returns `true` when the running call was out of time.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.dispatch.deadline() else {
            self.deadline.rest();
            return false;
        };
        if self.deadline.poll_at(cx, at).is_pending() {
            return false;
        }
        self.dispatch.expire(cx, Instant::now());
        true
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.remote.close_inbox();
    }
}

/// Takes over the state that came with a message, if it is no older one.
fn take_over(session: &Session, remote: &Remote, state: Option<Box<SessionState>>) {
    if let Some(state) = state.filter(|state| remote.is_news(state.version))
        && let Err(error) = session.take_over(state.into_snapshot())
    {
        let log = &session.wire().log;
        limited!(log, StateUnread, session = %session.id(), error = %error.report());
    }
}

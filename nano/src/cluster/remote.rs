//! The link of a session to a client that is connected to another node.

mod owner;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};

use rustc_hash::FxHashMap;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::carried::Carried;
use super::frames::{Answer, Close, Done, Failure, Kind, Outcome, reason_to_tell};
use super::inbox::{Inbox, ToHandle};
use super::received::refuse;
use crate::session::carrier::Carrier;
use crate::session::link::{Link as SessionLink, Refused, Sent};
use crate::session::owner::Owner;
use crate::session::{CloseReason, SessionId};
use crate::wire::class::Class;
use crate::wire::outgoing::{Head, Outgoing};
use crate::{Error, Result};

/// The link of one session to the client of another node.
pub(super) struct Remote {
    id: SessionId,
    /// The way to all clients of the gate.
    gate: Arc<Carried>,
    /// The number of changes at the gate that this node was told of.
    version: AtomicU64,
    closing: OnceLock<CloseReason>,
    /// The connection of the client is lost, and it may come back.
    is_lost: AtomicBool,
    /// The gate knows it no more: nobody waits for its answers.
    is_forgotten: AtomicBool,
    has_ended: AtomicBool,
    is_aborted: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waker: Option<Waker>,
    inbox: Inbox,
    /// The message whose handler runs, and which the next one waits for.
    current: Option<(u64, Handled)>,
    /// The messages whose handlers run beside the others.
    beside: FxHashMap<u64, Handled>,
    /// The messages that are answered later. A node that leaves waits for them.
    late: FxHashMap<u64, TaskTrackerToken>,
    /// The session's task runs.
    in_turn: bool,
    /// The answer of the current message, until it is known whether its handler has ended, too.
    held: Option<Answer>,
}

/// A message whose handler runs.
struct Handled {
    /// It has been answered, or nobody waits for an answer.
    is_answered: bool,
    token: TaskTrackerToken,
}

impl State {
    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

impl Remote {
    pub(super) fn new(id: SessionId, gate: Arc<Carried>) -> Self {
        Self {
            id,
            gate,
            version: AtomicU64::new(0),
            closing: OnceLock::new(),
            is_lost: AtomicBool::new(false),
            is_forgotten: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
            is_aborted: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// Notes a state that the gate, or another node, tells of. Returns `false` if this node knows a later one.
    pub(super) fn is_news(&self, version: u64) -> bool {
        self.version.fetch_max(version, Ordering::Relaxed) <= version
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over what is to be handled, and wakes the session's task.
    ///
    /// # Errors
    ///
    /// Those of [`Inbox::put`].
    pub(super) fn give(&self, message: ToHandle) -> Result<()> {
        let mut state = self.state();
        state.inbox.put(message)?;
        state.wake();
        Ok(())
    }

    /// Returns `true` if the session's task has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.state().inbox.is_closed()
    }

    /// Lets nothing more be handed over: the session's task ends.
    pub(super) fn close_inbox(&self) {
        let mut state = self.state();
        let left = (state.inbox.close(), state.waker.take());
        drop(state);
        // Dropped without the lock.
        drop(left);
    }

    /// Begins a turn of the session's task: `taken`, which is empty, gets what has come.
    pub(super) fn begin_turn(&self, cx: &Context<'_>, taken: &mut VecDeque<ToHandle>) {
        let mut state = self.state();
        state.in_turn = true;
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            waker => *waker = Some(cx.waker().clone()),
        }
        state.inbox.take(taken);
    }

    /// Ends the turn, with so many messages and calls that still wait for their handlers.
    pub(super) fn end_turn(&self, messages: usize, calls: usize) {
        let mut state = self.state();
        state.in_turn = false;
        state.inbox.still_wait(messages, calls);
        self.flush(&mut state);
    }

    /// Notes the message that is handled next. The token is kept until its handler has ended, and it is answered.
    pub(super) fn set_current(&self, id: u64, is_notify: bool, token: TaskTrackerToken) {
        self.state().current = Some((id, Handled { is_answered: is_notify, token }));
    }

    /// Tells the gate that the handler of the current message has ended, unless it goes on beside the others.
    pub(super) fn done(&self) {
        let mut state = self.state();
        let Some((id, handled)) = state.current.take() else { return };
        #[cfg(all(test, feature = "testing"))]
        match &state.held {
            Some(answer) if super::planted::is("doubled-answer") => {
                self.gate.link.queue.put(Kind::Answer(answer.clone()));
            }
            None if super::planted::is("lost-done") => return,
            _ => {}
        }
        match state.held.take() {
            Some(answer) => self.gate.link.queue.put(Kind::Answer(Answer { done: true, ..answer })),
            None => self.ended(&mut state, id, handled),
        }
    }

    fn ended(&self, state: &mut State, id: u64, handled: Handled) {
        if !handled.is_answered && !self.is_forgotten() {
            state.late.insert(id, handled.token);
        }
        self.gate.link.queue.put(Kind::Done(Done { id }));
    }

    /// Answers a message that is not handled.
    pub(super) fn refuse(&self, id: u64, error: &Error) {
        refuse(&self.gate.link, id, error);
    }

    /// Ends the session: its gate has said so, or the link to the gate is lost.
    pub(super) fn end(&self, reason: CloseReason) {
        let _ = self.closing.set(reason);
        self.is_forgotten.store(true, Ordering::Release);
        self.has_ended.store(true, Ordering::Release);
        self.state().late.clear();
        self.wake();
    }

    /// Notes that the connection of the client is lost, or that the client is back.
    pub(super) fn set_lost(&self, is_lost: bool) {
        self.is_lost.store(is_lost, Ordering::Release);
        self.wake();
    }

    fn is_forgotten(&self) -> bool {
        self.is_forgotten.load(Ordering::Acquire)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.is_aborted.load(Ordering::Acquire)
    }

    fn flush(&self, state: &mut State) {
        if let Some(answer) = state.held.take() {
            self.gate.link.queue.put(Kind::Answer(answer));
        }
    }

    fn answer(&self, id: u64, outcome: Outcome) {
        let answer = Answer::new(id, outcome);
        let mut state = self.state();
        self.flush(&mut state);
        let in_turn = state.in_turn;
        let State { current, beside, late, .. } = &mut *state;
        match current.as_mut().filter(|(current, _)| *current == id) {
            Some((_, handled)) => {
                handled.is_answered = true;
                if in_turn {
                    state.held = Some(answer);
                    return;
                }
            }
            None => match beside.get_mut(&id) {
                Some(handled) => handled.is_answered = true,
                None => drop(late.remove(&id)),
            },
        }
        self.gate.link.queue.put(Kind::Answer(answer));
    }
}

impl SessionLink for Remote {
    fn send(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let class = message.class();
        // What is owed is sent also while this node shuts down.
        if self.is_forgotten() || (class != Class::Owed && self.is_closing()) {
            return Err(Refused::Closed);
        }
        match message.head() {
            Head::Push { .. } => {
                self.flush(&mut self.state());
                self.gate.push(message, &[self.id])?;
            }
            Head::Reply { id, content, .. } => {
                self.answer(id.get(), Ok((content, self.gate.body(message, 0)?)));
            }
            Head::Error { id, told, .. } => {
                self.gate.body(message, told.code.len() + told.message.len())?;
                self.answer(id.get(), Err(Failure::of(told)));
            }
        }
        Ok(Sent::Queued)
    }

    fn close(&self, reason: CloseReason) -> bool {
        // The client stays with its node: this one tells it when it goes.
        if matches!(reason, CloseReason::Drain { .. }) {
            return false;
        }
        let text = match &reason {
            CloseReason::Kicked(text) => Some(reason_to_tell(text)),
            _ => None,
        };
        let is_end_here = matches!(reason, CloseReason::Shutdown | CloseReason::Disconnected);
        if self.closing.set(reason).is_err() {
            return false;
        }
        if is_end_here {
            self.has_ended.store(true, Ordering::Release);
        } else {
            self.flush(&mut self.state());
            let close = Close { session: self.id.get(), kick: text, ..Close::default() };
            self.gate.link.queue.put(Kind::Close(close));
        }
        self.wake();
        true
    }

    fn close_reason(&self) -> Option<CloseReason> {
        self.closing.get().cloned()
    }

    fn is_closing(&self) -> bool {
        self.closing.get().is_some()
    }

    fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    fn owner(&self) -> Option<&dyn Owner> {
        Some(self)
    }

    fn carrier(&self) -> Option<Result<&dyn Carrier, Refused>> {
        if self.is_closing() {
            return Some(Err(Refused::Closed));
        }
        // What was sent before goes first.
        self.flush(&mut self.state());
        Some(Ok(&*self.gate))
    }

    fn wake(&self) {
        self.state().wake();
    }

    fn abort(&self) {
        self.is_aborted.store(true, Ordering::Release);
        self.wake();
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("id", &self.id).finish_non_exhaustive()
    }
}

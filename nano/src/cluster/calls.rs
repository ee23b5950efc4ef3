//! The messages that were sent over a link and have not come to their end.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use rustc_hash::FxHashMap;

use super::frames::{Outcome, node_lost};
use crate::Reply;
use crate::session::SessionId;

/// The open calls of one link.
#[derive(Default)]
pub(super) struct Calls(Mutex<Table>);

#[derive(Default)]
struct Table {
    last: u64,
    open: FxHashMap<u64, Arc<Slot>>,
    /// The number of those whose handler has ended, and whose answer comes later.
    late: usize,
    is_lost: bool,
}

struct Slot {
    session: SessionId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    answer: Option<Outcome>,
    is_done: bool,
    is_lost: bool,
    /// The reply that takes the answer, when the call itself has ended.
    reply: Option<Reply<Bytes>>,
    waker: Option<Waker>,
}

/// One open call. It is forgotten when this is dropped.
pub(super) struct Call {
    pub(super) id: u64,
    slot: Arc<Slot>,
    calls: Arc<Calls>,
    is_kept: bool,
}

/// The next event of a call.
#[derive(Debug)]
pub(super) enum Progress {
    Answered(Outcome),
    /// The handler has ended.
    Done,
    /// The link has ended.
    Lost,
}

impl Calls {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls whose numbers follow this one.
    pub(super) fn after(last: u64) -> Self {
        Self(Mutex::new(Table { last, ..Table::default() }))
    }

    /// Opens a call; `None` when the link has ended.
    pub(super) fn open(self: &Arc<Self>, session: SessionId) -> Option<Call> {
        let slot = Arc::new(Slot { session, state: Mutex::default() });
        let mut table = self.table();
        if table.is_lost {
            return None;
        }
        table.last += 1;
        let id = table.last;
        table.open.insert(id, slot.clone());
        drop(table);
        Some(Call { id, slot, calls: self.clone(), is_kept: false })
    }

    /// Takes an answer. Returns `false` when nobody waits for it.
    pub(super) fn answer(&self, id: u64, outcome: Outcome, is_done: bool) -> bool {
        let Some(slot) = self.table().open.get(&id).cloned() else { return false };
        let mut state = slot.state();
        state.is_done |= is_done;
        if let Some(reply) = state.reply.take() {
            drop(state);
            self.forget(id, true);
            send(reply, outcome);
            return true;
        }
        // The first one counts.
        let is_first = state.answer.is_none();
        if is_first {
            state.answer = Some(outcome);
        }
        state.wake();
        is_first
    }

    /// Notes that a handler has ended.
    pub(super) fn done(&self, id: u64) {
        if let Some(slot) = self.table().open.get(&id).cloned() {
            let mut state = slot.state();
            state.is_done = true;
            state.wake();
        }
    }

    /// Ends all calls, with the link.
    pub(super) fn lose(&self) {
        self.table().is_lost = true;
        self.lose_open();
    }

    /// Ends all calls that are open. The link goes on.
    pub(super) fn lose_open(&self) {
        let mut table = self.table();
        let open = std::mem::take(&mut table.open);
        table.late = 0;
        drop(table);
        for slot in open.into_values() {
            let mut state = slot.state();
            state.is_lost = true;
            state.wake();
            let reply = state.reply.take();
            drop(state);
            if let Some(reply) = reply {
                reply.fail(node_lost());
            }
        }
    }

    /// Forgets the late answers of a session that has ended: none of them comes.
    pub(super) fn session_ended(&self, session: SessionId) {
        let mut table = self.table();
        if table.late == 0 {
            return;
        }
        let mut gone = Vec::new();
        table.open.retain(|_, slot| {
            let is_gone = slot.session == session && slot.state().reply.is_some();
            gone.extend(is_gone.then(|| slot.clone()));
            !is_gone
        });
        table.late -= gone.len();
        drop(table);
        // The replies are dropped without the lock.
        drop(gone);
    }

    /// Returns `true` if the call is open, and the session's.
    pub(super) fn is_of(&self, id: u64, session: SessionId) -> bool {
        self.table().open.get(&id).is_some_and(|slot| slot.session == session)
    }

    /// Forgets the late answers that nobody waits for any more: their peer may never send them.
    pub(super) fn forget_unwanted(&self) {
        let mut table = self.table();
        if table.late == 0 {
            return;
        }
        let mut gone = Vec::new();
        table.open.retain(|_, slot| {
            let is_gone = slot.state().reply.as_ref().is_some_and(|reply| !reply.is_wanted());
            gone.extend(is_gone.then(|| slot.clone()));
            !is_gone
        });
        table.late -= gone.len();
        drop(table);
        // The replies are dropped without the lock.
        drop(gone);
    }

    fn forget(&self, id: u64, is_late: bool) {
        let mut table = self.table();
        if table.open.remove(&id).is_some() && is_late {
            table.late -= 1;
        }
    }

    #[cfg(all(test, feature = "testing"))]
    pub(super) fn len(&self) -> usize {
        self.table().open.len()
    }
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Call {
    /// Waits for the next event.
    pub(super) async fn progress(&self) -> Progress {
        poll_fn(|cx| {
            let mut state = self.slot.state();
            if let Some(outcome) = state.answer.take() {
                return Poll::Ready(Progress::Answered(outcome));
            }
            if state.is_done {
                return Poll::Ready(Progress::Done);
            }
            if state.is_lost {
                return Poll::Ready(Progress::Lost);
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Leaves the answer, which comes later, to a reply.
    pub(super) fn leave_to(mut self, reply: Reply<Bytes>) {
        let mut table = self.calls.table();
        let mut state = self.slot.state();
        if let Some(outcome) = state.answer.take() {
            drop((state, table));
            return send(reply, outcome);
        }
        if state.is_lost {
            drop((state, table));
            return reply.fail(node_lost());
        }
        state.reply = Some(reply);
        table.late += 1;
        drop((state, table));
        self.is_kept = true;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_kept {
            self.calls.forget(self.id, false);
        }
    }
}

fn send(reply: Reply<Bytes>, outcome: Outcome) {
    match outcome {
        Ok((content, body)) => reply.send_body(content, &body),
        Err(failure) => reply.fail(failure.into_error()),
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("open", &self.table().open.len()).finish_non_exhaustive()
    }
}

//! The requests that wait for their reply.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

/// The reply to a request.
#[derive(Debug)]
pub(super) struct Reply {
    /// `true` if the server flagged the body as an error.
    pub(super) error: bool,
    pub(super) body: Bytes,
}

#[derive(Default)]
struct State {
    last_id: u64,
    waiting: FxHashMap<u64, oneshot::Sender<Reply>>,
}

/// All requests of a connection that have no reply yet.
#[derive(Clone, Default)]
pub(super) struct Pending(Arc<Mutex<State>>);

impl Pending {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a request under an id that no other waiting request has.
    pub(super) fn open(&self) -> Ticket {
        let (sender, reply) = oneshot::channel();
        let mut state = self.state();
        let id = state.free_id();
        state.waiting.insert(id, sender);
        Ticket { id, reply, pending: self.clone() }
    }

    /// Passes `reply` to the request with this id; returns `false` when no request waits under it.
    pub(super) fn resolve(&self, id: u64, reply: Reply) -> bool {
        let waiting = self.state().waiting.remove(&id);
        waiting.is_some_and(|waiting| waiting.send(reply).is_ok())
    }

    /// Lets every waiting request know that no reply will come.
    pub(super) fn clear(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        drop(waiting);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }
}

impl State {
    fn free_id(&mut self) -> u64 {
        loop {
            // 0 stands for a notify.
            self.last_id = self.last_id.wrapping_add(1).max(1);
            if !self.waiting.contains_key(&self.last_id) {
                return self.last_id;
            }
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("waiting", &self.state().waiting.len()).finish()
    }
}

/// A request that waits; dropping it forgets the request.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) id: u64,
    reply: oneshot::Receiver<Reply>,
    pending: Pending,
}

impl Ticket {
    /// Waits for the reply; `None` when the connection ended before it came.
    pub(super) async fn reply(mut self) -> Option<Reply> {
        (&mut self.reply).await.ok()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.pending.state().waiting.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_start_at_one_and_skip_those_that_wait() {
        let pending = Pending::default();
        let first = pending.open();
        assert_eq!(first.id, 1);
        pending.state().last_id = u64::MAX;
        let second = pending.open();
        assert_eq!(second.id, 2);
        drop((first, second));
        assert_eq!(pending.len(), 0);
    }
}

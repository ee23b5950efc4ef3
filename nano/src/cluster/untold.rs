//! The ends of sessions that one node of Go nano has not heard of yet.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::session::SessionId;

/// The ends that are kept while a node cannot be told.
pub(super) const MOST: usize = 65_536;

/// The sessions of this node's clients that have ended.
#[derive(Debug, Default)]
pub(super) struct Untold(Mutex<BTreeSet<SessionId>>);

impl Untold {
    fn sessions(&self) -> MutexGuard<'_, BTreeSet<SessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an end. Returns `false` when there are too many: that of the oldest session is forgotten.
    pub(super) fn add(&self, session: SessionId) -> bool {
        let mut sessions = self.sessions();
        sessions.insert(session);
        let fits = sessions.len() <= MOST;
        if !fits {
            sessions.pop_first();
        }
        fits
    }

    /// Notes that the node has heard of an end.
    pub(super) fn told(&self, session: SessionId) {
        self.sessions().remove(&session);
    }

    pub(super) fn all(&self) -> Vec<SessionId> {
        self.sessions().iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_hears_nothing_fills_nothing() {
        let untold = Untold::default();
        let id = |count: usize| SessionId::of_node(9, count as u64);
        assert!((0..MOST).all(|count| untold.add(id(count))));
        assert!(untold.add(id(3)), "it is there already");
        assert!(!untold.add(id(MOST)));
        let all = untold.all();
        assert_eq!((all.len(), all.first(), all.last()), (MOST, Some(&id(1)), Some(&id(MOST))));
        all.into_iter().for_each(|session| untold.told(session));
        assert!(untold.all().is_empty());
    }
}

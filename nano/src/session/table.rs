//! The sessions of one node.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
#[cfg(any(test, feature = "admin"))]
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Session, SessionId};

/// All sessions that have not ended, those before their handshake included.
#[derive(Default)]
pub(crate) struct SessionTable(Mutex<Table>);

#[derive(Default)]
struct Table {
    /// By their ids, so that they can be listed in parts.
    sessions: BTreeMap<SessionId, Session>,
    closed: bool,
}

impl SessionTable {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session; returns `false` when the app is shutting down.
    pub(crate) fn insert(&self, session: &Session) -> bool {
        let mut table = self.table();
        if table.closed {
            return false;
        }
        match table.sessions.entry(session.id()) {
            Entry::Vacant(entry) => {
                entry.insert(session.clone());
                true
            }
            // After four billion connections ids come round again; the older session stays.
            Entry::Occupied(_) => false,
        }
    }

    /// Removes a session; returns `false` when it is not there.
    pub(crate) fn remove(&self, session: &Session) -> bool {
        let mut table = self.table();
        // An id that came round again may be another session's.
        let is_there = table.sessions.get(&session.id()) == Some(session);
        if is_there {
            table.sessions.remove(&session.id());
        }
        is_there
    }

    pub(crate) fn len(&self) -> usize {
        self.table().sessions.len()
    }

    /// Returns the session with this id.
    #[cfg(any(test, feature = "admin", feature = "cluster"))]
    pub(crate) fn get(&self, id: SessionId) -> Option<Session> {
        self.table().sessions.get(&id).cloned()
    }

    /// Returns up to `most` sessions in the order of their ids, those behind `after`. The lock is held for these only.
    #[cfg(any(test, feature = "admin"))]
    pub(crate) fn part(&self, after: Option<SessionId>, most: usize) -> Vec<Session> {
        let from = after.map_or(Unbounded, Excluded);
        let table = self.table();
        table
            .sessions
            .range((from, Unbounded))
            .take(most)
            .map(|(_, session)| session.clone())
            .collect()
    }

    /// Takes no more sessions.
    pub(crate) fn close(&self) {
        self.table().closed = true;
    }

    /// Returns all sessions, in no particular order.
    pub(crate) fn list(&self) -> Vec<Session> {
        self.table().sessions.values().cloned().collect()
    }

    pub(crate) fn for_each(&self, visit: impl FnMut(&Session)) {
        // A copy, so that a visit may end a session.
        self.list().iter().for_each(visit);
    }
}

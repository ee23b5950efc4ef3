//! The sessions of one node.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Session, SessionId, burst};

/// All sessions that have not ended, those before their handshake included.
#[derive(Default)]
pub(crate) struct SessionTable(Mutex<Table>);

#[derive(Default)]
struct Table {
    sessions: HashMap<SessionId, Session>,
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

    pub(crate) fn remove(&self, session: &Session) {
        let mut table = self.table();
        // An id that came round again may be another session's.
        if table.sessions.get(&session.id()) == Some(session) {
            table.sessions.remove(&session.id());
        }
        burst::shrink(&mut table.sessions);
    }

    pub(crate) fn len(&self) -> usize {
        self.table().sessions.len()
    }

    /// Returns the number of sessions that there is memory for.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.table().sessions.capacity()
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

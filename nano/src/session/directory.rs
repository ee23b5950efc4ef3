//! The sessions of an app, as its components reach them.

use std::sync::Arc;

use super::{Common, DuplicateLogin, Session, SessionTable, Uid};

/// The sessions of an app, as its components reach them: all of them, or those of a user.
#[derive(Clone)]
pub(crate) struct Directory {
    pub(crate) sessions: Arc<SessionTable>,
    pub(crate) common: Arc<Common<Session>>,
}

impl Directory {
    pub(crate) fn new(policy: DuplicateLogin, data_limit: usize) -> Self {
        let (sessions, common) = (SessionTable::default(), Common::new(policy, data_limit));
        Self { sessions: Arc::new(sessions), common: Arc::new(common) }
    }

    /// Returns the sessions that are open.
    pub(crate) fn everyone(&self) -> Vec<Session> {
        let mut sessions = self.sessions.list();
        sessions.retain(Session::is_open);
        sessions
    }

    /// Returns the user's sessions that are open, in the order in which they were bound.
    pub(crate) fn of_user(&self, uid: &Uid) -> Vec<Session> {
        let mut sessions = self.common.users.sessions(uid);
        sessions.retain(Session::is_open);
        sessions
    }
}

/// The directory of an app that has ended: nobody is there.
impl Default for Directory {
    fn default() -> Self {
        Self::new(DuplicateLogin::default(), 0)
    }
}

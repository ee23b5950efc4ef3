//! The groups of a session: entry, exit, and the exit from all at its end.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::{Late, Membership, OpenReply, Session, closed};
use crate::Result;

impl Session {
    /// Joins a group by `insert`, which returns `true` if the session was not in it. A session that is closing joins
    /// nothing; one that has ended would never leave.
    pub(crate) fn join(
        &self,
        group: Weak<dyn Membership>,
        insert: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        if insert()? {
            state.groups.retain(|group| group.strong_count() > 0);
            state.groups.push(group);
        }
        Ok(())
    }

    /// Leaves a group by `remove`, which returns `true` if the session was in it. Group and session change under one
    /// lock, because another task may be joining.
    pub(crate) fn leave(&self, group: &Weak<dyn Membership>, remove: impl FnOnce() -> bool) {
        let mut state = self.state();
        if remove() {
            state.groups.retain(|other| !other.ptr_eq(group));
        }
    }

    /// Forgets a group that has removed the session.
    pub(crate) fn part(&self, group: &Weak<dyn Membership>) {
        self.state().groups.retain(|other| !other.ptr_eq(group));
    }

    /// Ends the session, which has handled its last message: it leaves every group and its user, joins no more, and
    /// is bound no more. Returns the replies that are still open, which are watched no longer.
    ///
    /// `None` when a user was bound and was not [taken note of](Session::take_bound): nothing has happened.
    pub(crate) fn end(&self) -> Option<Vec<Arc<dyn OpenReply>>> {
        let mut state = self.state();
        if self.0.bound.load(Ordering::Relaxed) {
            return None;
        }
        state.ended = true;
        let Late { mut replies, visit } = state.late.take().map(|late| *late).unwrap_or_default();
        let groups = std::mem::take(&mut state.groups);
        let uid = state.uid.clone();
        drop(state);
        if let Some(uid) = uid {
            self.0.common.users.remove(&uid, self);
        }
        if let Some((key, due)) = visit {
            self.0.clock.cancel(key, due);
        }
        for group in groups.iter().filter_map(Weak::upgrade) {
            group.remove(self.id());
        }
        Some(replies.take())
    }
}

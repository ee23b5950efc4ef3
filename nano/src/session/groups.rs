//! The groups of a session: entry, exit, and the end of the session, which leaves all.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::{Joined, Late, Membership, OpenReply, Session, closed};
use crate::Result;

/// A session that has ended: what is left to do for it.
pub(crate) struct Ended {
    /// The replies that are still open, which are watched no longer.
    pub(crate) replies: Vec<Arc<dyn OpenReply>>,
    /// The rooms that the session was in, which have to let it go.
    pub(crate) rooms: Vec<Arc<dyn Joined>>,
}

impl Session {
    /// Joins a group by `insert`, which returns `true` if the session was not in it. A session that is closing joins
    /// nothing; one that has ended would never leave.
    pub(crate) fn join_group(
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
    pub(crate) fn leave_group(&self, group: &Weak<dyn Membership>, remove: impl FnOnce() -> bool) {
        let mut state = self.state();
        if remove() {
            state.groups.retain(|other| !other.ptr_eq(group));
        }
    }

    /// Forgets a group that has removed the session.
    pub(crate) fn part_group(&self, group: &Weak<dyn Membership>) {
        self.state().groups.retain(|other| !other.ptr_eq(group));
    }

    /// Ends the session, which has handled its last message: it leaves every group and its user, joins no more, enters
    /// no more rooms, and is bound no more.
    ///
    /// `None` when a user was bound and was not [taken note of](Session::take_bound): nothing has happened.
    pub(crate) fn end(&self) -> Option<Ended> {
        let mut state = self.state();
        if self.0.bound.load(Ordering::Relaxed) {
            return None;
        }
        let is_first = !std::mem::replace(&mut state.ended, true);
        let Late { mut replies, visit } = state.late.take().map(|late| *late).unwrap_or_default();
        let groups = std::mem::take(&mut state.groups);
        // A fault that `cargo xtask soak` has to find.
        #[cfg(nano_planted = "leave")]
        let groups = &groups[1.min(groups.len())..];
        let uid = state.uid.clone().filter(|_| is_first);
        let rooms = state.rooms.as_mut().map(|rooms| rooms.take()).unwrap_or_default();
        drop(state);
        if let Some(uid) = uid {
            self.0.common.users.remove(&uid, self);
            #[cfg(feature = "cluster")]
            self.release_user(&uid);
        }
        if let Some((key, due)) = visit {
            self.0.clock.cancel(key, due);
        }
        for group in groups.iter().filter_map(Weak::upgrade) {
            group.remove(self.id());
        }
        Some(Ended { replies: replies.take(), rooms })
    }
}

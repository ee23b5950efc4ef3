//! The watch over a session's open replies.

use std::sync::{Arc, PoisonError, Weak};

use super::{Inner, OpenReply, Session};
use crate::clock::Visit;
use crate::{Error, ErrorKind};

impl Session {
    /// Watches a reply that may come late: its request is answered with `timeout` after `limit` milliseconds. Does
    /// nothing when the session has ended, since no client waits any more.
    pub(crate) fn watch_reply(&self, reply: Weak<dyn OpenReply>, limit: u64) {
        let deadline = self.0.clock.now().saturating_add(limit);
        let mut state = self.state();
        if state.ended {
            return;
        }
        let late = state.late.get_or_insert_default();
        late.replies.add(deadline, reply);
        let (key, scheduled) = match late.visit {
            Some((_, due)) if due <= deadline => return,
            Some((key, due)) => (key, Some(due)),
            None => (self.0.clock.key(), None),
        };
        late.visit = Some((key, deadline));
        drop(state);
        if let Some(due) = scheduled {
            self.0.clock.cancel(key, due);
        }
        let visitor = Arc::downgrade(&self.0) as Weak<dyn Visit>;
        self.0.clock.schedule(key, deadline, visitor);
    }
}

impl Visit for Inner {
    /// Answers the replies whose time is up.
    fn visit(&self, now: u64) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let late = state.late.as_mut()?;
        let (replies, next) = late.replies.take_late(now);
        match late.visit.take().zip(next) {
            Some(((key, _), next)) => late.visit = Some((key, next)),
            // Nothing is left to watch.
            None => state.late = None,
        }
        drop(state);
        for reply in replies {
            reply.fail(&Error::new(ErrorKind::Timeout, "the reply did not come in time"));
        }
        next
    }
}

#[cfg(test)]
mod tests;

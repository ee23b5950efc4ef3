//! The replies of a session that are still to come, and their deadlines.

use std::sync::{Arc, Weak};

use super::Session;
use crate::clock::Visit;
use crate::{Error, ErrorKind};

/// A request whose handler has returned, or may return, before its answer.
pub(crate) trait OpenReply: Send + Sync {
    /// Whether the request is still unanswered.
    fn is_open(&self) -> bool;

    /// Answers with an error, if nothing else has answered.
    fn fail(&self, error: &Error);
}

/// The open replies of a session with the times at which they are answered with `timeout`.
pub(super) type Replies = Vec<(u64, Weak<dyn OpenReply>)>;

impl Session {
    /// Remembers a reply that may come late: it is answered with `timeout` after `limit` milliseconds.
    pub(crate) fn watch_reply(&self, reply: Weak<dyn OpenReply>, limit: u64) {
        let deadline = self.0.clock.now().saturating_add(limit);
        let mut state = self.state();
        // Without this a session that defers every reply would grow its list until the next visit.
        if state.replies.len() == state.replies.capacity() {
            state.replies.retain(|(_, reply)| reply.upgrade().is_some_and(|reply| reply.is_open()));
        }
        state.replies.push((deadline, reply));
        let (key, scheduled) = match state.visit {
            Some((_, due)) if due <= deadline => return,
            Some((key, due)) => (key, Some(due)),
            None => (self.0.clock.key(), None),
        };
        state.visit = Some((key, deadline));
        drop(state);
        if let Some(due) = scheduled {
            self.0.clock.cancel(key, due);
        }
        let visitor = Arc::downgrade(&self.0) as Weak<dyn Visit>;
        self.0.clock.schedule(key, deadline, visitor);
    }

    /// Answers every open reply, because nothing will any more.
    pub(crate) fn fail_replies(&self, error: &Error) {
        let replies = std::mem::take(&mut self.state().replies);
        for reply in replies.iter().filter_map(|(_, reply)| reply.upgrade()) {
            reply.fail(error);
        }
    }
}

impl Visit for super::Inner {
    /// Answers the replies whose time is up.
    fn visit(&self, now: u64) -> Option<u64> {
        let mut late = Vec::new();
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.replies.retain(|(deadline, reply)| {
            let expired = *deadline <= now;
            late.extend(expired.then(|| reply.upgrade()).flatten());
            !expired && reply.strong_count() > 0
        });
        let next = state.replies.iter().map(|(deadline, _)| *deadline).min();
        state.visit = state.visit.take().zip(next).map(|((key, _), next)| (key, next));
        drop(state);
        for reply in late {
            reply.fail(&Error::new(ErrorKind::Timeout, "the reply did not come in time"));
        }
        next
    }
}

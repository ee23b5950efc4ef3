//! The replies of a session that are still to come, and their deadlines.

use std::sync::{Arc, Weak};

use crate::Error;

/// A request whose handler has returned, or may return, before its answer.
pub(crate) trait OpenReply: Send + Sync {
    /// Returns `true` if the request is still unanswered.
    fn is_open(&self) -> bool;

    /// Answers with an error, if nothing else has answered.
    fn fail(&self, error: &Error);
}

/// The open replies of a session with the times at which they are answered with `timeout`.
#[derive(Default)]
pub(super) struct Replies(Vec<(u64, Weak<dyn OpenReply>)>);

impl Replies {
    pub(super) fn add(&mut self, deadline: u64, reply: Weak<dyn OpenReply>) {
        // Without this a session that defers every reply would grow its list until the next visit.
        if self.0.len() == self.0.capacity() {
            self.0.retain(|(_, reply)| reply.upgrade().is_some_and(|reply| reply.is_open()));
            // Leave half of the places free, so that the list is not searched for every reply.
            self.0.reserve(self.0.len());
        }
        self.0.push((deadline, reply));
    }

    /// Removes the replies whose time is up at `now`; returns them and the next deadline.
    pub(super) fn take_late(&mut self, now: u64) -> (Vec<Arc<dyn OpenReply>>, Option<u64>) {
        let mut late = Vec::new();
        self.0.retain(|(deadline, reply)| {
            let expired = *deadline <= now;
            late.extend(expired.then(|| reply.upgrade()).flatten());
            !expired && reply.strong_count() > 0
        });
        (late, self.0.iter().map(|(deadline, _)| *deadline).min())
    }

    /// Removes all replies and returns them.
    pub(super) fn take(&mut self) -> Vec<Arc<dyn OpenReply>> {
        std::mem::take(&mut self.0).iter().filter_map(|(_, reply)| reply.upgrade()).collect()
    }
}

//! Messages of other nodes, before they are handled, and the way of their answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::frames::{Answer, Failure, Kind, Patch, SessionState};
use super::linked::Link;
use crate::Error;
use crate::session::{Arrival, CallAnswer, CallTarget, ComponentCall, Depth, Session};
use crate::wire::outgoing::Content;

/// The longest time that a peer may give, so that sums of times cannot overflow.
pub(super) const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The call of a component, before its session is known.
pub(super) struct Received {
    pub(super) route: String,
    pub(super) body: Bytes,
    pub(super) is_notify: bool,
    pub(super) depth: Depth,
    pub(super) state: Option<Box<SessionState>>,
    pub(super) arrival: Option<Arrival>,
    pub(super) answer: AnswerTo,
}

/// The way of an answer, and the place of its call among those that may run.
pub(super) struct AnswerTo {
    pub(super) id: u64,
    pub(super) link: Arc<Link>,
    pub(super) _permit: OwnedSemaphorePermit,
    /// Dropped when the call has been handled.
    pub(super) _token: TaskTrackerToken,
}

impl Received {
    /// The call to one session's handler, or to one without a session.
    pub(super) fn with(self, target: CallTarget<Session>) -> (ComponentCall<Session>, AnswerTo) {
        let Self { route, body, is_notify, depth, arrival, answer, .. } = self;
        (ComponentCall { route, body, is_notify, target, depth, arrival }, answer)
    }
}

impl AnswerTo {
    /// Answers a call that was handled, and lets another one have its place.
    pub(super) fn give(self, answer: CallAnswer) {
        if self.id != 0 {
            let outcome = answer.map_err(|error| Failure::of_error(&error));
            let answer = Answer { done: true, ..Answer::new(self.id, outcome) };
            self.link.queue.put(Kind::Answer(answer));
        }
    }

    /// Answers a call that is not handled.
    pub(super) fn refuse(self, error: &Error) {
        refuse(&self.link, self.id, error);
    }
}

/// Asks the node at the other end to tell the state of a session with its next message. The session's gate learns by it that
/// this node knows the session.
pub(super) fn ask_for_state(link: &Link, session: u64) {
    link.queue.put(Kind::Patch(Patch { session, id: 0, change: None }));
}

/// Answers a message that is not handled.
pub(super) fn refuse(link: &Link, id: u64, error: &Error) {
    if id != 0 {
        answer(link, id, Err(error));
    }
}

/// Tells another node the outcome of what it asked for.
pub(super) fn answer(link: &Link, id: u64, outcome: Result<(), &Error>) {
    let outcome = outcome.map(|()| (Content::Nothing, Bytes::new())).map_err(Failure::of_error);
    link.queue.put(Kind::Answer(Answer { done: true, ..Answer::new(id, outcome) }));
}

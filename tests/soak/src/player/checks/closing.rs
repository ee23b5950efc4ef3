//! The last answers of a session that the server closes, and its kick.
//!
//! From the call of a kick on, or the login of the user's next session, a session is no member of any group and takes no
//! push, while the handler that runs goes on and is answered: the fifth promise of the framework. So a player may miss
//! pushes that were sent after that, and be answered by a handler that knows of them. Each answer says whether the session
//! was closing when the handler had done its work. Only then anything may be missing, and what must follow is strict: no
//! push, no answer of another handler that waits for its turn, and the end of the session.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::{Checks, Request};
use crate::protocol::KICKED;

/// The knowledge that a session is closing.
#[derive(Debug)]
pub(super) struct Closing {
    since: Instant,
    /// The event that told it.
    cause: String,
    /// The handler that ran has answered, and no other begins.
    is_last: bool,
}

impl Closing {
    pub(super) fn overdue(&self, patience: Duration) -> Option<String> {
        (self.since.elapsed() > patience).then(|| format!("no end came {self}"))
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to a session that is closing: {}", self.cause)
    }
}

impl Request {
    /// Returns `true` if its answer keeps no order with others: it comes from a task of its own.
    pub(super) fn is_free(self) -> bool {
        matches!(self, Self::Later | Self::Beside)
    }

    /// Returns `true` if its answer has the number of a push to the session alone.
    fn counts_pushes_of_its_own(self) -> bool {
        matches!(self, Self::Later | Self::Whisper | Self::Burst)
    }

    /// Returns `true` if its answer has the number of the last push to a table or channel.
    fn counts_pushes_of_groups(self) -> bool {
        matches!(
            self,
            Self::Sit(_)
                | Self::Look(_)
                | Self::Move(_)
                | Self::Quit(_)
                | Self::Close(_)
                | Self::Part(_)
                | Self::Say(_)
        )
    }
}

impl Checks {
    pub(in super::super) fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// Notes that the session is closing, as a message tells. With the last answer of a handler, no other one follows that
    /// has to wait for its turn.
    pub(super) fn closes(&mut self, cause: String, is_last: bool) {
        let closing = Closing { since: Instant::now(), cause, is_last: false };
        self.closing.get_or_insert(closing).is_last |= is_last;
    }

    /// Notes that the session was closing when `request` was answered.
    pub(super) fn closes_with(&mut self, request: Request) {
        self.closes(format!("the answer to {request:?}"), !request.is_free());
    }

    /// Checks that `request` may still be answered.
    pub(super) fn is_due(&mut self, request: Request) -> Result<(), String> {
        match &mut self.closing {
            Some(closing) if closing.is_last && !request.is_free() => {
                Err(format!("the answer to {request:?} came {closing}"))
            }
            Some(closing) => {
                closing.is_last |= !request.is_free();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Checks the answer to a request after which the session was closing.
    pub(super) fn answered_last(
        &mut self,
        request: Request,
        count: u64,
        own: u64,
    ) -> Result<(), String> {
        self.closes_with(request);
        // Pushes to the session alone were taken, or their request is refused. What waits for a client that is too slow is
        // given up.
        let is_given_up = self.is_slow && request.counts_pushes_of_its_own();
        if request.counts_pushes_of_groups() || is_given_up {
            return Ok(());
        }
        self.answered(request, count, own)
    }

    /// Checks a kick: all whispers that were taken before it have arrived.
    pub(in super::super) fn kicked(&self, reason: &str) -> Result<(), String> {
        let Some(number) = reason.strip_prefix(KICKED) else { return Ok(()) };
        let (last, arrived) = (number.parse::<u64>().unwrap_or_default(), self.pushed[0]);
        if arrived == last || self.is_slow && arrived < last {
            return Ok(());
        }
        Err(format!("whisper {last} is the last before the kick, and {arrived} has arrived"))
    }
}

//! A session that is nobody's, in place of one that a call does not have.

use std::sync::Arc;

use super::link::{Link, Refused, Sent};
use super::{CloseReason, Common, Session, SessionId};
use crate::clock::Clock;
use crate::wire::Wire;
use crate::wire::outgoing::Outgoing;

/// A link that was never open.
struct Nobody;

impl Session {
    /// Creates a session that is nobody's, and is in no table.
    pub(crate) fn nobody(wire: Arc<Wire>, clock: Arc<Clock>, common: Arc<Common<Self>>) -> Self {
        Self::new(SessionId::NOBODY, None, wire, Arc::new(Nobody), clock, common)
    }
}

impl Link for Nobody {
    fn send(&self, _: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        Err(Refused::Closed)
    }

    fn close(&self, _: CloseReason) -> bool {
        false
    }

    fn close_reason(&self) -> Option<CloseReason> {
        None
    }

    fn is_closing(&self) -> bool {
        // Who waits for the answer to its call has not gone.
        false
    }

    fn wake(&self) {}

    fn abort(&self) {}
}

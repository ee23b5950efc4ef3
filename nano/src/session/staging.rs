//! The outbound stages of one session, which keep the order of its messages.

use std::cell::Cell;
use std::sync::PoisonError;

use super::Session;
use super::link::{Refused, Sent};
use crate::Error;
use crate::wire::outgoing::Outgoing;

thread_local! {
    // Set while a message passes the stages of a session: a stage that sends would wait for itself.
    static IS_STAGING: Cell<bool> = const { Cell::new(false) };
}

impl Session {
    /// Hands a message to the link, through the stages of this session if the app has any.
    #[inline]
    pub(super) fn deliver(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        if self.wire().stages.has_session() {
            return self.deliver_staged(message);
        }
        self.link().send(message)
    }

    #[cold]
    fn deliver_staged(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let Some(_staging) = Staging::begin() else {
            return Err(Refused::Message(Error::internal("a stage of a session sends a message")));
        };
        // Held until the link has the message: what passes a stage first goes out first, so that a stage may count.
        let _order = self.0.staging.lock().unwrap_or_else(PoisonError::into_inner);
        self.link().send(&mut message.staged_for(self))
    }
}

/// The time in which a thread takes a message through the stages of a session.
struct Staging;

impl Staging {
    /// `None` within another one.
    fn begin() -> Option<Self> {
        (!IS_STAGING.replace(true)).then_some(Self)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        IS_STAGING.set(false);
    }
}

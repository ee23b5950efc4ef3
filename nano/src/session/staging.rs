//! The outbound stages of one session, which keep the order of its messages.

use std::sync::PoisonError;

use super::Session;
use super::link::{Refused, Sent};
use crate::wire::outgoing::Outgoing;
use crate::wire::stages::Passage;

impl Session {
    /// Hands a message to the link, through the stages of this session if the app has any.
    #[inline]
    pub(super) fn deliver(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        if self.wire().stages.has_session() && self.link().owner().is_none() {
            return self.deliver_staged(message);
        }
        self.link().send(message)
    }

    #[cold]
    fn deliver_staged(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        // A stage that sends would wait for itself, or for another one that waits for it.
        let _passage = Passage::begin().map_err(Refused::Message)?;
        // Held until the link has the message: what passes a stage first goes out first, so that a stage may count.
        let _order = self.0.staging.lock().unwrap_or_else(PoisonError::into_inner);
        self.link().send(&mut message.staged_for(self))
    }
}

//! The way of one message to many clients of another node.

use super::SessionId;
use super::sent::Refused;
use crate::wire::outgoing::Outgoing;

/// The link to another node, which takes a push once for all of its clients.
pub(crate) trait Carrier: Send + Sync {
    /// Returns a number that no other carrier has.
    fn number(&self) -> u64;

    /// Takes a push for these sessions.
    ///
    /// # Errors
    ///
    /// The reason why it was not taken, for all of them.
    fn push(&self, message: &Outgoing<'_>, sessions: &[SessionId]) -> Result<(), Refused>;
}

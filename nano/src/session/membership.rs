//! The groups of a session, as the session sees them.

use super::SessionId;

/// A set of sessions, which a session leaves when it ends.
pub(crate) trait Membership: Send + Sync {
    /// Takes a session out; false when it was not in.
    fn remove(&self, id: SessionId) -> bool;
}

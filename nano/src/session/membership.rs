//! The membership of a session in a group, as the session knows it.

use super::SessionId;

/// A set of sessions, which a session leaves when it ends.
pub(crate) trait Membership: Send + Sync {
    /// Removes a session; returns `false` when it was not a member.
    fn remove(&self, id: SessionId) -> bool;
}

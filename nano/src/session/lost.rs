//! Sessions whose connection is lost.

use std::net::SocketAddr;
use std::sync::PoisonError;

use super::Session;

impl Session {
    /// Returns `true` while the client's connection is lost, and the session waits for it to come back: see
    /// [`App::resume`](crate::App::resume). What is pushed meanwhile is kept for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::Session;
    ///
    /// fn seconds_for_a_turn(player: &Session) -> u64 {
    ///     if player.is_lost() { 60 } else { 20 }
    /// }
    /// ```
    pub fn is_lost(&self) -> bool {
        self.0.link.is_lost() && !self.is_closed()
    }

    /// Returns `true` while the connection of a client of this node is lost, which tells other nodes.
    #[cfg(feature = "cluster")]
    pub(crate) fn is_lost_here(&self) -> bool {
        self.0.link.owner().is_none() && self.0.link.is_lost()
    }

    /// Notes that the client came back from another address.
    pub(crate) fn moved(&self, remote: Option<SocketAddr>) {
        *self.0.remote.lock().unwrap_or_else(PoisonError::into_inner) = remote;
    }
}

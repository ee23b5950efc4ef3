//! The facts of a room that lobbies see.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::RoomId;

/// The facts of a room at one moment, for lobbies and matchmaking.
#[derive(Debug)]
#[non_exhaustive]
pub struct RoomInfo<I> {
    /// The room's id.
    pub id: RoomId,
    /// The name that it was opened with.
    pub name: Option<Arc<str>>,
    /// The number of members, those on their way in included.
    pub members: usize,
    /// The number of members that it may have.
    pub max_members: usize,
    /// The number of spectators, those on their way in included.
    pub spectators: usize,
    /// Whether it takes no more members.
    pub is_locked: bool,
    /// Whether it is kept out of lobbies and matchmaking.
    pub is_private: bool,
    /// The room's own value, as it was set last.
    pub info: Arc<I>,
    pub(super) opened: Instant,
}

impl<I> RoomInfo<I> {
    /// Returns the time since the room was opened.
    pub fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Returns `true` if every seat is taken.
    pub fn is_full(&self) -> bool {
        self.members >= self.max_members
    }
}

impl<I> Clone for RoomInfo<I> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), info: self.info.clone(), ..*self }
    }
}

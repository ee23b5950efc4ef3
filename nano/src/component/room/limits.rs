//! The bounds of the rooms of one type.

use std::time::Duration;

/// The bounds of the rooms of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoomLimits {
    pub(super) rooms: usize,
    pub(super) members: usize,
    pub(super) spectators: usize,
    /// The time after which a room without members closes.
    pub(super) empty: Option<Duration>,
}

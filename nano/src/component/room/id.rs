//! The ids of rooms.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// The id of a room, unique among all rooms of an app, whatever their type. No id is given twice.
///
/// In messages it is a number. Generated clients have a type `RoomId` for it, another name of their 64-bit integers; a
/// message of Protobuf has a field of type `uint64`. It is no secret: who guesses the id of a private room can ask for it,
/// so a room that is not for everybody checks a password in its `#[on(enter)]` hook.
///
/// # Examples
///
/// ```
/// use nano::RoomId;
///
/// let id: RoomId = serde_json::from_str("7").expect("a number");
/// assert_eq!(id.get(), 7);
/// assert_eq!(id.to_string(), "7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomId(u64);

impl RoomId {
    /// Returns the id as a number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for RoomId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The source of an app's room ids.
#[derive(Debug)]
pub(crate) struct RoomIds(AtomicU64);

impl RoomIds {
    pub(crate) fn next(&self) -> RoomId {
        RoomId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for RoomIds {
    fn default() -> Self {
        Self(AtomicU64::new(1))
    }
}

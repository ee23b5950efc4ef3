//! A room in the list of all rooms, for those who run the server.

use std::time::Duration;

use super::{RoomId, RoomInfo};

/// A room of any type, as it is at one moment.
#[derive(Debug)]
pub(crate) struct ListedRoom {
    pub(crate) kind: &'static str,
    pub(crate) id: RoomId,
    pub(crate) name: Option<String>,
    pub(crate) members: usize,
    pub(crate) max_members: usize,
    pub(crate) spectators: usize,
    pub(crate) is_locked: bool,
    pub(crate) is_private: bool,
    pub(crate) age: Duration,
}

impl ListedRoom {
    pub(super) fn of<I>(kind: &'static str, room: &RoomInfo<I>) -> Self {
        Self {
            kind,
            id: room.id,
            name: room.name.as_deref().map(str::to_owned),
            members: room.members,
            max_members: room.max_members,
            spectators: room.spectators,
            is_locked: room.is_locked,
            is_private: room.is_private,
            age: room.age(),
        }
    }
}

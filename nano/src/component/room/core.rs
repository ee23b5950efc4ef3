//! The part of an instance that only rooms have.

use std::sync::Arc;

use super::RoomId;
use crate::Group;

/// The role of a session in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It has a seat, and counts.
    Member,
    /// It looks on.
    Spectator,
}

/// The part of an instance that only rooms have: identity and groups.
#[derive(Debug)]
pub(crate) struct RoomCore {
    pub(crate) id: RoomId,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) members: Group,
    pub(crate) spectators: Group,
}

impl RoomCore {
    pub(crate) fn new(id: RoomId, name: Option<Arc<str>>) -> Self {
        Self { id, name, members: Group::new(), spectators: Group::new() }
    }

    pub(crate) fn group(&self, role: Role) -> &Group {
        match role {
            Role::Member => &self.members,
            Role::Spectator => &self.spectators,
        }
    }
}

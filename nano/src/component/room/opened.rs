//! A room that is open, whatever its type.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Weak};

use super::{LeaveReason, RoomId};
use crate::component::AnyInstance;
use crate::session::{Joined, SessionId};

/// The rooms of one type, as the sessions in them know them.
pub(super) trait TakesOut: Send + Sync {
    /// Takes a session out of a room, unless it is out already.
    fn take_out(&self, room: RoomId, session: SessionId, reason: LeaveReason) -> bool;
}

/// A room that is open: the instance, and the way out of it.
pub(crate) struct OpenRoom {
    pub(super) id: RoomId,
    pub(super) instance: AnyInstance,
    /// Weak, because the rooms own this.
    pub(super) rooms: Weak<dyn TakesOut>,
}

impl OpenRoom {
    /// Returns the room that a session is in.
    pub(crate) fn of(joined: &dyn Joined) -> Option<&Self> {
        (joined as &dyn Any).downcast_ref()
    }

    pub(crate) fn instance(&self) -> &AnyInstance {
        &self.instance
    }

    /// Takes a session out, unless it is out already.
    pub(super) fn take_out(&self, session: SessionId, reason: LeaveReason) -> bool {
        self.rooms.upgrade().is_some_and(|rooms| rooms.take_out(self.id, session, reason))
    }

    pub(super) fn joined(self: &Arc<Self>) -> Arc<dyn Joined> {
        self.clone()
    }
}

impl Joined for OpenRoom {
    fn session_ended(&self, session: SessionId, is_kicked: bool) {
        let reason = match is_kicked {
            true => LeaveReason::Kicked,
            false => LeaveReason::Disconnected,
        };
        self.take_out(session, reason);
    }
}

impl fmt::Debug for OpenRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenRoom").field("id", &self.id).finish_non_exhaustive()
    }
}

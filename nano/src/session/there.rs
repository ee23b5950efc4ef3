//! Rooms on other nodes, as the session and its own node know them.

use std::any::TypeId;
use std::sync::Weak;

use tokio_util::task::task_tracker::TaskTrackerToken;

use super::joined::{Joined, JoinedRooms, RoomPlace, There};
use super::rooms::already_in_room;
use super::{Session, closed};
use crate::Result;

/// On the session's own node.
impl Session {
    /// Notes that the session is in a room on another node, or on its way there. `is_linked` tells whether a room that it
    /// was in before can be there still.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`](crate::ErrorKind::AlreadyInRoom), [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub(crate) fn claim_room_there(
        &self,
        name: &'static str,
        there: There,
        is_linked: impl FnOnce(There) -> bool,
    ) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        let rooms = state.rooms.get_or_insert_default();
        if !is_free(rooms, name, is_linked) {
            return Err(already_in_room());
        }
        rooms.set(None, name, RoomPlace::There(there));
        Ok(())
    }

    /// Checks that the session may enter a room of this node.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`](crate::ErrorKind::AlreadyInRoom).
    pub(crate) fn check_room_free(
        &self,
        name: &str,
        is_linked: impl FnOnce(There) -> bool,
    ) -> Result<()> {
        match &self.state().rooms {
            Some(rooms) if !is_free(rooms, name, is_linked) => Err(already_in_room()),
            _ => Ok(()),
        }
    }

    /// Returns `true` if the session is, or was at last, in a room of a component on another node.
    pub(crate) fn is_in_room_elsewhere(&self, name: &str) -> bool {
        self.state().rooms.as_ref().is_some_and(|rooms| rooms.is_elsewhere(name))
    }

    /// Notes that the session's room beyond a link has ended with it. Returns the duty of the session's end to wait; `None`
    /// when the session is in another room, or in none.
    pub(crate) fn lose_room_there(&self, name: &str, there: There) -> Option<TaskTrackerToken> {
        let mut state = self.state();
        let rooms = state.rooms.as_mut()?;
        match rooms.named(name) {
            Some(RoomPlace::There(other)) if *other == there => {}
            _ => return None,
        }
        rooms.end_named(name);
        Some(rooms.leaving.token())
    }

    /// Notes that the session is out of a room on another node, or of any with `node` 0. Returns the node.
    pub(crate) fn part_room_there(&self, name: &str, node: u32, has_ended: bool) -> Option<u32> {
        let mut state = self.state();
        let rooms = state.rooms.as_mut()?;
        let Some(RoomPlace::There(there)) = rooms.named(name) else { return None };
        let there = there.node;
        if node != 0 && node != there {
            return None;
        }
        match has_ended {
            true => rooms.end_named(name),
            false => rooms.remove_named(name),
        }
        Some(there)
    }
}

/// Returns `true` if a session is in no room of a component. A room beyond a link that has ended is none.
pub(super) fn is_free(
    rooms: &JoinedRooms,
    name: &str,
    is_linked: impl FnOnce(There) -> bool,
) -> bool {
    match rooms.named(name) {
        Some(RoomPlace::There(other)) => !is_linked(*other),
        _ => rooms.is_free(name),
    }
}

/// On any node.
impl Session {
    /// Notes that the session's own node asks for the exit from the room of a component here, or that there is none yet.
    pub(crate) fn ask_exit(&self, name: &str, is_asked: bool) {
        if let Some(rooms) = &mut self.state().rooms {
            rooms.ask_exit(name, is_asked);
        }
    }

    /// Returns `true` if the session's own node asks for the exit from the room of a type.
    pub(crate) fn is_exit_asked(&self, kind: TypeId) -> bool {
        self.state().rooms.as_ref().is_some_and(|rooms| rooms.is_exit_asked(kind))
    }

    /// Returns the room of a component on this node that the session is in; `None` as well while it is on its way.
    pub(crate) fn room_named(&self, name: &str) -> Option<std::sync::Arc<dyn Joined>> {
        match self.state().rooms.as_ref()?.named(name)? {
            RoomPlace::In(room) => Some(room.clone()),
            _ => None,
        }
    }

    /// Returns `true` while the session is on its way into a room of a component on this node.
    pub(crate) fn is_entering(&self, name: &str) -> bool {
        let state = self.state();
        let place = state.rooms.as_ref().and_then(|rooms| rooms.named(name));
        matches!(place, Some(RoomPlace::Entering))
    }

    /// Tells the session's own node, if that is another one, that the session has left a room here.
    pub(crate) fn tell_left(&self, name: &'static str, has_ended: bool) {
        if let Some(owner) = self.link().owner() {
            owner.left_room(name, has_ended);
        }
    }

    /// Leaves the room of a component on another node. Returns `true` if it is known that the session was in one.
    pub(crate) fn leave_there(&self, name: &'static str) -> bool {
        if let Some(owner) = self.link().owner() {
            owner.leave_room(name, 0);
            return false;
        }
        let calls = self.0.common.calls.get().and_then(Weak::upgrade);
        calls.is_some_and(|calls| calls.leave_room(self, name))
    }
}

//! Rooms on other nodes, as the session and its own node know them.

use std::any::TypeId;
use std::sync::{Arc, Weak};

use tokio_util::task::task_tracker::TaskTrackerToken;

use super::joined::{Joined, JoinedRooms, RoomPlace, There};
use super::rooms::already_in_room;
use super::{Session, closed};
use crate::Result;
use crate::random;

/// Returns a number for an entry into a room. Many nodes choose them, so it is a random one, and never 0.
pub(crate) fn new_entry() -> u64 {
    random::number().max(1)
}

/// On the session's own node.
impl Session {
    /// Notes that the session is in a room on another node, or on its way there, by an entry. `is_linked` tells whether a
    /// room that it was in before can be there still.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`](crate::ErrorKind::AlreadyInRoom), [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub(crate) fn claim_room_there(
        &self,
        name: &'static str,
        there: There,
        entry: u64,
        is_linked: impl FnOnce(There) -> bool,
    ) -> Result<()> {
        self.claim(None, name, RoomPlace::There(there), entry, is_linked)
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

    /// Notes that the session is out of a room on another node, or of any with `node` 0, which it has entered by `entry`, or
    /// by any with 0. Returns the node and the entry.
    pub(crate) fn part_room_there(
        &self,
        name: &str,
        node: u32,
        entry: u64,
        has_ended: bool,
    ) -> Option<(u32, u64)> {
        let mut state = self.state();
        let rooms = state.rooms.as_mut()?;
        let Some(RoomPlace::There(there)) = rooms.named(name) else { return None };
        let (there, entered) = (there.node, rooms.entry(name)?);
        let is_other = |asked: u64, of: u64| asked != 0 && of != 0 && asked != of;
        if is_other(node.into(), there.into()) || is_other(entry, entered) {
            return None;
        }
        match has_ended {
            true => rooms.end_named(name),
            false => rooms.remove_named(name),
        }
        Some((there, entered))
    }
}

/// Returns `true` if a session is in no room of a component. A room beyond a link that has ended is none.
fn is_free(rooms: &JoinedRooms, name: &str, is_linked: impl FnOnce(There) -> bool) -> bool {
    match rooms.named(name) {
        Some(RoomPlace::There(other)) => !is_linked(*other),
        _ => rooms.is_free(name),
    }
}

/// On any node.
impl Session {
    /// Notes that the session is on its way into a room of a type, by an entry, until it [joins](Self::join_room) or
    /// [gives up](Self::give_up_room).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`](crate::ErrorKind::AlreadyInRoom) when it is in one, or on its way;
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) when it is closing, or when the entry was given up before it has begun.
    pub(crate) fn claim_room(&self, kind: TypeId, name: &'static str, entry: u64) -> Result<()> {
        let calls = self.calls();
        let is_linked = |other| calls.is_some_and(|calls| calls.is_linked(other));
        self.claim(Some(kind), name, RoomPlace::Entering, entry, is_linked)
    }

    fn claim(
        &self,
        kind: Option<TypeId>,
        name: &'static str,
        place: RoomPlace,
        entry: u64,
        is_linked: impl FnOnce(There) -> bool,
    ) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        let rooms = state.rooms.get_or_insert_default();
        rooms.check_wanted(entry)?;
        if !is_free(rooms, name, is_linked) {
            return Err(already_in_room());
        }
        rooms.begin(kind, name, place, entry);
        Ok(())
    }

    /// Returns the entry by which the session is in a room of this node; `None` when it is in another one, or in none.
    pub(crate) fn entry_into(
        &self,
        kind: TypeId,
        name: &str,
        room: &Arc<dyn Joined>,
    ) -> Option<u64> {
        let state = self.state();
        let rooms = state.rooms.as_ref().filter(|rooms| rooms.is_in(kind, room))?;
        rooms.entry(name)
    }

    /// Returns the room of a component on this node that the session is to leave, which it has entered by `entry`, or by any
    /// with 0. Until it is in, or if the entry has not begun, it will not get in.
    pub(crate) fn room_to_leave(&self, name: &str, entry: u64) -> Option<Arc<dyn Joined>> {
        let mut state = self.state();
        if state.ended {
            return None;
        }
        let rooms = state.rooms.get_or_insert_default();
        let entered = rooms.entry(name).unwrap_or_default();
        if entry == 0 && matches!(rooms.named(name), Some(RoomPlace::In(_) | RoomPlace::Entering)) {
            rooms.give_up(entered);
        } else if entry != 0 {
            rooms.give_up(entry);
        }
        match rooms.named(name) {
            Some(RoomPlace::In(room)) if entry == 0 || entry == entered => Some(room.clone()),
            _ => None,
        }
    }

    /// Returns the room of a component on this node that the session has entered by another entry.
    pub(crate) fn room_before(&self, name: &str, entry: u64) -> Option<Arc<dyn Joined>> {
        let state = self.state();
        let rooms = state.rooms.as_ref()?;
        match rooms.named(name)? {
            RoomPlace::In(room) if rooms.entry(name) != Some(entry) => Some(room.clone()),
            _ => None,
        }
    }

    /// Returns `true` if the exit from the room of a component was asked for, which the session may have been about to enter.
    pub(crate) fn is_entry_given_up(&self, name: &str) -> bool {
        let state = self.state();
        let rooms = state.rooms.as_ref();
        rooms.is_some_and(|rooms| rooms.entry(name).is_some_and(|entry| rooms.is_given_up(entry)))
    }

    /// Tells the session's own node, if that is another one, that an entry of the session is over: it is out of the room.
    pub(crate) fn tell_left(&self, name: &'static str, entry: u64, has_ended: bool) {
        if let Some(owner) = self.link().owner() {
            owner.left_room(name, entry, has_ended);
        }
    }

    /// Leaves the room of a component on another node. Returns `true` if it is known that the session was in one.
    pub(crate) fn leave_there(&self, name: &'static str) -> bool {
        if let Some(owner) = self.link().owner() {
            owner.leave_room(name, 0, 0);
            return false;
        }
        let calls = self.0.common.calls.get().and_then(Weak::upgrade);
        calls.is_some_and(|calls| calls.leave_room(self, name))
    }
}

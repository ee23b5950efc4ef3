//! The entry of a session into rooms, and its exit.

use std::any::TypeId;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use super::joined::{Joined, RoomPlace};
use super::{Session, closed};
use crate::{Error, ErrorKind, Result};

impl Session {
    /// Returns the session's place among the rooms of a type.
    pub(crate) fn room_place(&self, kind: TypeId) -> Option<RoomPlace> {
        self.state().rooms.as_ref()?.get(kind).cloned()
    }

    /// Notes that the session is on its way into a room of a type, until it [joins](Self::join_room) or
    /// [gives up](Self::give_up_room).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`] when it is in one, or on its way; [`ErrorKind::Closed`] when it is closing.
    #[cfg(not(feature = "cluster"))]
    pub(crate) fn claim_room(&self, kind: TypeId, name: &'static str) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        let rooms = state.rooms.get_or_insert_default();
        if !rooms.is_free(name) {
            return Err(already_in_room());
        }
        rooms.set(Some(kind), name, RoomPlace::Entering);
        Ok(())
    }

    /// Takes back a claim, if nothing has come of it.
    pub(crate) fn give_up_room(&self, kind: TypeId) {
        if let Some(rooms) = &mut self.state().rooms
            && let Some(RoomPlace::Entering) = rooms.get(kind)
        {
            rooms.remove(kind);
        }
    }

    /// Joins the room that a claim was made for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when it is closing, or when its exit was asked for meanwhile.
    pub(crate) fn join_room(
        &self,
        kind: TypeId,
        name: &'static str,
        room: Arc<dyn Joined>,
    ) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        let rooms = state.rooms.get_or_insert_default();
        #[cfg(feature = "cluster")]
        rooms.check_wanted(rooms.entry(name).unwrap_or_default())?;
        rooms.set(Some(kind), name, RoomPlace::In(room));
        Ok(())
    }

    /// Takes a join back, whose room has ended meanwhile: its claim remains.
    pub(crate) fn unjoin_room(&self, kind: TypeId, name: &'static str, room: &Arc<dyn Joined>) {
        if let Some(rooms) = &mut self.state().rooms
            && rooms.is_in(kind, room)
        {
            rooms.set(Some(kind), name, RoomPlace::Entering);
        }
    }

    /// Returns `true` if the session has left all of its rooms because it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// Forgets a room that has taken the session out, because the room `has_ended` or for another reason.
    pub(crate) fn part_room(&self, kind: TypeId, room: &Arc<dyn Joined>, has_ended: bool) {
        if let Some(rooms) = &mut self.state().rooms
            && rooms.is_in(kind, room)
        {
            match has_ended {
                true => rooms.end(kind),
                false => rooms.remove(kind),
            }
        }
    }

    /// Returns the hooks that run for rooms which the session has left.
    pub(crate) fn leaving(&self) -> TaskTracker {
        self.state().rooms.get_or_insert_default().leaving.clone()
    }

    /// Returns the same, if there are any.
    pub(crate) fn is_leaving(&self) -> Option<TaskTracker> {
        let state = self.state();
        let leaving = &state.rooms.as_ref()?.leaving;
        (!leaving.is_empty()).then(|| leaving.clone())
    }
}

pub(super) fn already_in_room() -> Error {
    let message = "the session is in a room of this type: it has to leave that one first";
    Error::new(ErrorKind::AlreadyInRoom, message)
}

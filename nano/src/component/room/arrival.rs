//! Sessions that enter a room of this node, sent by another one.

use std::sync::Arc;

use super::admit::admit;
use super::claim::Claim;
use super::core::Role;
use super::directory::room_closed;
use super::{LeaveReason, OpenRoom, Room, RoomId, RoomSet, Seat};
use crate::{Result, Session};

impl<R: Room> RoomSet<R> {
    /// Lets a session enter, whose own node knows of it already.
    pub(super) async fn enter_from_there(
        self: Arc<Self>,
        session: Session,
        room: RoomId,
        value: &[u8],
    ) -> Result<()> {
        let claim = Claim::told::<R>(&session)?;
        let value = (self.read_entry)(value)?;
        let room = self.directory.get(room).ok_or_else(room_closed)?;
        self.directory.reserve(room.id, Role::Member)?;
        admit(claim, Seat::reserved(self, room, Role::Member), value).await
    }
}

impl Session {
    /// Leaves the room of a component on this node, as the session's own node asks; `false` when the session is in none.
    pub(crate) fn leave_named(&self, component: &str) -> bool {
        let Some(room) = self.room_named(component) else { return false };
        self.ask_exit(component, true);
        let is_out =
            OpenRoom::of(&*room).is_some_and(|room| room.take_out(self.id(), LeaveReason::Left));
        if !is_out {
            self.ask_exit(component, false);
        }
        is_out
    }
}

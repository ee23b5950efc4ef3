//! Sessions that enter a room of this node, sent by another one.

use std::sync::Arc;

use super::admit::admit;
use super::claim::Claim;
use super::core::Role;
use super::directory::room_closed;
use super::{LeaveReason, OpenRoom, Room, RoomSet, Seat};
use crate::session::{Arrival, Joined};
use crate::{Result, Session};

impl<R: Room> RoomSet<R> {
    /// Lets a session enter, whose own node knows of it already.
    pub(super) async fn enter_from_there(
        self: Arc<Self>,
        session: Session,
        arrival: Arrival,
        value: &[u8],
    ) -> Result<()> {
        if session.link().owner().is_some()
            && let Some(before) = session.room_before(R::NAME, arrival.entry)
        {
            // Its own node has let it leave that one, and says so on another way.
            take_out(&session, &*before);
        }
        let claim = Claim::told::<R>(&session, arrival.entry)?;
        let value = (self.read_entry)(value)?;
        let room = self.directory.get(arrival.room.into()).ok_or_else(room_closed)?;
        self.directory.reserve(room.id, Role::Member)?;
        admit(claim, Seat::reserved(self, room, Role::Member), value).await
    }
}

impl Session {
    /// Leaves the room of a component on this node, which the session has entered by `entry`, or by any with 0. An entry that
    /// has not come to its end, or has not begun, is refused then.
    pub(crate) fn leave_named(&self, component: &str, entry: u64) {
        let room = self.room_to_leave(component, entry);
        if let Some(room) = room {
            take_out(self, &*room);
        }
    }
}

fn take_out(session: &Session, room: &dyn Joined) {
    if let Some(room) = OpenRoom::of(room) {
        room.take_out(session.id(), LeaveReason::Left);
    }
}

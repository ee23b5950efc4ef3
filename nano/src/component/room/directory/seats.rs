//! The seats of rooms: the way of sessions in, and their way out.

use tokio_util::sync::CancellationToken;

use super::Directory;
use super::presence::{Closing, Exit, Presence};
use crate::component::room::RoomId;
use crate::component::room::core::Role;
use crate::session::{Session, SessionId};
use crate::{Error, ErrorKind, Result};

impl<T: Clone, I> Directory<T, I> {
    /// Reserves a seat, for a session that may not be known yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`], [`ErrorKind::RoomLocked`], [`ErrorKind::RoomFull`].
    pub(crate) fn reserve(&self, id: RoomId, role: Role) -> Result<()> {
        let limits = self.limits;
        let mut state = self.state.lock();
        let entry = state.open(id).ok_or_else(room_closed)?;
        if role == Role::Member && entry.is_locked {
            return Err(Error::new(ErrorKind::RoomLocked, "the room takes no more members"));
        }
        if entry.is_full(role, &limits) {
            let message = match role {
                Role::Member => format!("the room has {} members", limits.members),
                Role::Spectator => format!("the room has {} spectators", limits.spectators),
            };
            return Err(Error::new(ErrorKind::RoomFull, message));
        }
        state.change(id, &limits, |entry| entry.reserve(role, 1));
        Ok(())
    }

    /// Assigns a reserved seat to a session, which is about to enter. Does nothing when the session is still on its
    /// way out: then it returns a token that is cancelled at the end of its hooks.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`].
    pub(crate) fn assign(
        &self,
        id: RoomId,
        role: Role,
        session: SessionId,
    ) -> Result<Option<CancellationToken>> {
        let mut state = self.state.lock();
        let entry = state.open(id).ok_or_else(room_closed)?;
        if let Some(Presence::Leaving(_, done)) = entry.sessions.get(&session) {
            return Ok(Some(done.clone()));
        }
        entry.sessions.insert(session, Presence::Entering(role));
        Ok(None)
    }

    /// Gives a reserved seat back, whose session does not enter.
    pub(crate) fn release(&self, id: RoomId, role: Role, session: Option<SessionId>) {
        self.state.lock().change(id, &self.limits, |entry| {
            entry.release(role);
            if let Some(session) = session {
                entry.sessions.remove(&session);
            }
        });
    }

    /// Lets a session have the seat that it was assigned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`].
    pub(crate) fn seat(&self, id: RoomId, role: Role, session: &Session) -> Result<()> {
        let present = Presence::In { role, session: session.clone(), leaving: session.leaving() };
        let mut state = self.state.lock();
        let entry = state.open(id).ok_or_else(room_closed)?;
        entry.sessions.insert(session.id(), present);
        Ok(())
    }

    /// Returns the role of a session that is in the room, or on its way in or out.
    pub(crate) fn role(&self, id: RoomId, session: SessionId) -> Option<Role> {
        let state = self.state.lock();
        let presence = state.rooms.get(&id)?.sessions.get(&session)?;
        let (Presence::Entering(role) | Presence::In { role, .. } | Presence::Leaving(role, _)) =
            presence;
        Some(*role)
    }

    /// Takes the seat from a session; `None` when it has none.
    pub(crate) fn begin_exit(&self, id: RoomId, session: SessionId) -> Option<Exit<T>> {
        let mut state = self.state.lock();
        let entry = state.open(id)?;
        let Some(Presence::In { .. }) = entry.sessions.get(&session) else { return None };
        state.change(id, &self.limits, |entry| {
            let exit = entry.begin_exit(session)?;
            entry.release(exit.role);
            Some(exit)
        })?
    }

    /// Forgets a session that has left.
    pub(crate) fn end_exit(&self, id: RoomId, session: SessionId) {
        if let Some(entry) = self.state.lock().rooms.get_mut(&id) {
            entry.sessions.remove(&session);
        }
    }

    /// Begins to close a room, if that has not begun: nobody enters any more, and all sessions lose their seats.
    pub(crate) fn begin_close(&self, id: RoomId, only_if_empty: bool) -> Option<Closing<T>> {
        let mut state = self.state.lock();
        if only_if_empty && state.open(id)?.empty.is_none() {
            return None;
        }
        // Offered no more, and seen as a change by the lobbies.
        state.change(id, &self.limits, |entry| entry.is_closing = true)?;
        let entry = state.rooms.get_mut(&id)?;
        let sessions: Vec<SessionId> = entry.sessions.keys().copied().collect();
        let exits = sessions.into_iter().filter_map(|session| entry.begin_exit(session)).collect();
        Some(Closing { room: entry.room.clone(), exits })
    }
}

pub(crate) fn room_closed() -> Error {
    Error::new(ErrorKind::RoomClosed, "the room has ended")
}

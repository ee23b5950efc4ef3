//! A reserved seat in a room.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use tokio::time::timeout;

use super::core::Role;
use super::{OpenRoom, Room, RoomSet};
use crate::component::Handle;
use crate::session::SessionId;
use crate::{Error, ErrorKind, Result, Session};

/// A seat in a room that is reserved for a session which is about to enter, from
/// [`Context::find_or_open`](crate::Context::find_or_open).
///
/// [`Session::enter`](crate::Session::enter) takes it. Until then nobody else can have the seat, so that a session which
/// was found a room is not refused for want of one; dropping the seat gives it back. It is the room's [`Handle`], too.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result, RoomId, Session};
///
/// #[derive(Default)]
/// struct Table;
///
/// #[component(room)]
/// impl Table {}
///
/// struct Lobby;
///
/// #[component]
/// impl Lobby {
///     #[handler]
///     async fn play(&self, session: &Session, ctx: &Context<Self>) -> Result<RoomId> {
///         let seat = ctx.find_or_open(|table| table.members < 4, Table::default)?;
///         let id = seat.id();
///         session.enter(seat).await?;
///         Ok(id)
///     }
/// }
/// ```
#[must_use = "a seat that is dropped is given back"]
pub struct Seat<R: Room> {
    handle: Handle<R>,
    rooms: Arc<RoomSet<R>>,
    room: Arc<OpenRoom>,
    role: Role,
    /// The session that is about to enter.
    session: Option<SessionId>,
    is_taken: bool,
}

impl<R: Room> Seat<R> {
    /// A seat that the directory has reserved.
    pub(super) fn reserved(rooms: Arc<RoomSet<R>>, room: Arc<OpenRoom>, role: Role) -> Self {
        let Some(handle) = RoomSet::handle(&room) else {
            unreachable!("a directory holds rooms of one type");
        };
        Self { handle, rooms, room, role, session: None, is_taken: false }
    }

    pub(super) fn rooms(&self) -> &Arc<RoomSet<R>> {
        &self.rooms
    }

    pub(super) fn room(&self) -> &Arc<OpenRoom> {
        &self.room
    }

    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// Assigns the seat to a session. A session that is still on its way out of the room is waited for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`]; [`ErrorKind::AlreadyInRoom`] when the session does not get out;
    /// [`ErrorKind::SelfLock`] when it cannot, because the caller has the room's borrow.
    pub(super) async fn assign(&mut self, session: &Session) -> Result<()> {
        let rooms = self.rooms.clone();
        let assign = || rooms.directory.assign(self.room.id, self.role, session.id());
        if let Some(left) = assign()? {
            rooms.refuse_caller(&self.room)?;
            let _late = timeout(rooms.around.hook_limit, left.cancelled()).await;
            if assign()?.is_some() {
                let message = "the session is still on its way out of the room";
                return Err(Error::new(ErrorKind::AlreadyInRoom, message));
            }
        }
        self.session = Some(session.id());
        Ok(())
    }

    /// Leaves the seat to the session.
    pub(super) fn take(mut self) {
        self.is_taken = true;
    }
}

impl<R: Room> Deref for Seat<R> {
    type Target = Handle<R>;

    fn deref(&self) -> &Handle<R> {
        &self.handle
    }
}

impl<R: Room> Drop for Seat<R> {
    fn drop(&mut self) {
        if !self.is_taken {
            self.rooms.directory.release(self.room.id, self.role, self.session);
            self.rooms.watch_emptiness(&self.room);
        }
    }
}

impl<R: Room> fmt::Debug for Seat<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat")
            .field("room", &R::NAME)
            .field("id", &self.room.id)
            .finish_non_exhaustive()
    }
}

//! The entry of sessions into rooms.

use super::admit::admit;
use super::claim::Claim;
use super::core::Role;
use super::{Entrance, LeaveReason, OpenRoom, Room, RoomSet};
use crate::component::Handle;
use crate::session::RoomPlace;

use crate::{Result, Session};

impl Session {
    /// Enters a room: from now on this session's messages to the room's routes go there. A session is in one room of
    /// each type at a time.
    ///
    /// The room is given by its [`Handle`], by a [`Seat`](crate::Seat) in it, or by a [`RoomRef`](crate::RoomRef), which may
    /// be on another node.
    ///
    /// A seat is reserved, then the room's `#[on(enter)]` hook runs, which may refuse, and then the session is a member
    /// of [`Context::members`](crate::Context::members).
    ///
    /// # Errors
    ///
    /// The error of the hook; [`ErrorKind::RoomClosed`], [`ErrorKind::RoomLocked`], [`ErrorKind::RoomFull`];
    /// [`ErrorKind::AlreadyInRoom`] when the session is in a room of this type; [`ErrorKind::Closed`] when it is closing;
    /// [`ErrorKind::Timeout`] when the hook takes longer than
    /// [`App::handler_timeout`](crate::App::handler_timeout); [`ErrorKind::SelfLock`] when the caller has the borrow that
    /// the hook waits for, as a handler of the same room with `&mut self` does. For a room on another node also
    /// [`ErrorKind::Unavailable`] and [`ErrorKind::NodeLost`].
    ///
    /// # Cancel safety
    ///
    /// The session enters or it does not. A hook that has begun when the future is dropped runs to its end; then the
    /// session leaves again, with the hook for that.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Error, ErrorKind, Result, RoomId, Session};
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
    ///     async fn join(&self, session: &Session, table: RoomId, ctx: &Context<Self>) -> Result<()> {
    ///         let table = ctx.rooms::<Table>()?.get(table)?;
    ///         session.enter(&table).await
    ///     }
    /// }
    /// ```
    ///
    /// [`ErrorKind::RoomClosed`]: crate::ErrorKind::RoomClosed
    /// [`ErrorKind::RoomLocked`]: crate::ErrorKind::RoomLocked
    /// [`ErrorKind::RoomFull`]: crate::ErrorKind::RoomFull
    /// [`ErrorKind::AlreadyInRoom`]: crate::ErrorKind::AlreadyInRoom
    /// [`ErrorKind::Closed`]: crate::ErrorKind::Closed
    /// [`ErrorKind::Timeout`]: crate::ErrorKind::Timeout
    /// [`ErrorKind::SelfLock`]: crate::ErrorKind::SelfLock
    /// [`ErrorKind::Unavailable`]: crate::ErrorKind::Unavailable
    /// [`ErrorKind::NodeLost`]: crate::ErrorKind::NodeLost
    pub async fn enter<E>(&self, room: E) -> Result<()>
    where
        E: Entrance,
        E::Room: Room<Entry = ()>,
    {
        self.enter_with(room, ()).await
    }

    /// Enters a room with a value for its `#[on(enter)]` hook: a name, a password, the number of a seat.
    ///
    /// # Errors
    ///
    /// As [`enter`](Self::enter).
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Error, Result, RoomId, Session};
    ///
    /// struct Table { password: String }
    ///
    /// #[component(room)]
    /// impl Table {
    ///     #[on(enter)]
    ///     fn entered(&mut self, password: String) -> Result<()> {
    ///         match password == self.password {
    ///             true => Ok(()),
    ///             false => Err(Error::reject("wrong_password", "the password is wrong")),
    ///         }
    ///     }
    /// }
    ///
    /// async fn join(session: &Session, table: &nano::Handle<Table>, password: &str) -> Result<()> {
    ///     session.enter_with(table, password.to_owned()).await
    /// }
    /// ```
    pub async fn enter_with<E: Entrance>(
        &self,
        room: E,
        value: <E::Room as Room>::Entry,
    ) -> Result<()> {
        room.enter(self, value).await
    }

    /// Enters a room as a spectator: it has no seat and does not count, and is in
    /// [`Context::spectators`](crate::Context::spectators), not among the members. Its messages go to the room, whose
    /// handlers ask [`Context::is_spectator`](crate::Context::is_spectator).
    ///
    /// A locked room and one that is full of members take spectators.
    ///
    /// # Errors
    ///
    /// As [`enter`](Self::enter), but for [`ErrorKind::RoomLocked`](crate::ErrorKind::RoomLocked).
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    pub async fn spectate<R: Room<Entry = ()>>(&self, room: &Handle<R>) -> Result<()> {
        self.spectate_with(room, ()).await
    }

    /// Enters a room as a spectator, with a value for its `#[on(enter)]` hook.
    ///
    /// # Errors
    ///
    /// As [`spectate`](Self::spectate).
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    pub async fn spectate_with<R: Room>(&self, room: &Handle<R>, value: R::Entry) -> Result<()> {
        let claim = Claim::new::<R>(self).await?;
        admit(claim, room.reserve(Role::Spectator)?, value).await
    }

    /// Leaves the room of type `R`; returns `false` when the session is in none.
    ///
    /// The session is out of the room, and of its groups, when this returns. The room's `#[on(leave)]` hook runs as soon
    /// as the room is free, so that a handler of the room may call this.
    ///
    /// In a cluster, a room on another node is told. On a node that is neither the room's nor the session's gate this
    /// returns `false`, whether the session was in a room or not.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Session};
    ///
    /// #[derive(Default)]
    /// struct Table;
    ///
    /// #[component(room)]
    /// impl Table {
    ///     #[handler]
    ///     fn quit(&self, session: &Session) {
    ///         session.leave::<Table>();
    ///     }
    /// }
    /// ```
    pub fn leave<R: Room>(&self) -> bool {
        let Some(RoomPlace::In(room)) = self.room_place(RoomSet::<R>::kind()) else {
            #[cfg(feature = "cluster")]
            if self.id().is_of_cluster() {
                return self.leave_there(R::NAME);
            }
            return false;
        };
        OpenRoom::of(&*room).is_some_and(|room| room.take_out(self.id(), LeaveReason::Left))
    }

    /// Returns the room of type `R` that the session is in.
    ///
    /// # Examples
    ///
    /// ```
    /// # use nano::{component, RoomId, Session};
    /// # #[derive(Default)]
    /// # struct Table;
    /// # #[component(room)]
    /// # impl Table {}
    /// fn table(session: &Session) -> Option<RoomId> {
    ///     session.room::<Table>().map(|table| table.id())
    /// }
    /// ```
    pub fn room<R: Room>(&self) -> Option<Handle<R>> {
        let Some(RoomPlace::In(room)) = self.room_place(RoomSet::<R>::kind()) else { return None };
        RoomSet::handle(OpenRoom::of(&*room)?)
    }
}

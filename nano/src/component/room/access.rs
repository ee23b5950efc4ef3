//! The way to rooms from contexts and handles.

use std::sync::Arc;

use super::core::{Role, RoomCore};
use super::directory::room_closed;
use super::reference::no_rooms;
use super::{Audience, LeaveReason, NewRoom, Room, RoomId, RoomInfo, RoomSet, Rooms, Seat};
use crate::component::{Component, Context, Handle, Instance};
use crate::{Group, Result, Session};

impl<C: Component> Handle<C> {
    /// Returns the rooms of type `R`. See [`Context::rooms`].
    ///
    /// # Errors
    ///
    /// As [`Context::rooms`].
    pub fn rooms<R: Room>(&self) -> Result<Rooms<R>> {
        if self.is_closed() {
            return Err(self.place().instance.closed());
        }
        set_of::<R, C>(self.place().instance).map(Rooms::new).ok_or_else(no_rooms::<R>)
    }
}

/// Returns the rooms of type `R` in the app of an instance.
fn set_of<R: Room, C: Component>(instance: &Instance<C>) -> Option<Arc<RoomSet<R>>> {
    instance.registry.upgrade()?.rooms()
}

/// Rooms of the app.
impl<C: Component> Context<C> {
    /// Returns the rooms of type `R`, for a lobby, or to find one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the app has no such rooms, [`ErrorKind::Closed`] when this component has ended.
    pub fn rooms<R: Room>(&self) -> Result<Rooms<R>> {
        self.as_handle().rooms()
    }

    /// Opens a room. See [`Rooms::open`].
    ///
    /// # Errors
    ///
    /// As [`Context::rooms`] and [`Rooms::open`].
    pub fn open<R: Room>(&self, room: impl Into<NewRoom<R>>) -> Result<Handle<R>> {
        self.rooms::<R>()?.open(room)
    }

    /// Opens a room with a name. See [`Rooms::open_named`].
    ///
    /// # Errors
    ///
    /// As [`Context::rooms`] and [`Rooms::open_named`].
    ///
    /// # Cancel safety
    ///
    /// As [`Rooms::open_named`].
    pub async fn open_named<R: Room>(
        &self,
        name: impl Into<Arc<str>>,
        room: impl Into<NewRoom<R>>,
    ) -> Result<Handle<R>> {
        self.rooms::<R>()?.open_named(name, room).await
    }

    /// Reserves a seat in the oldest room that `filter` takes; if there is none, in a new one. See
    /// [`Rooms::find_or_open`].
    ///
    /// # Errors
    ///
    /// As [`Context::rooms`] and [`Rooms::find_or_open`].
    ///
    /// # Panics
    ///
    /// As [`Rooms::find_or_open`].
    pub fn find_or_open<R: Room, N: Into<NewRoom<R>>>(
        &self,
        filter: impl FnMut(&RoomInfo<R::Info>) -> bool,
        make: impl FnOnce() -> N,
    ) -> Result<Seat<R>> {
        self.rooms::<R>()?.find_or_open(filter, make)
    }
}

/// The room itself.
impl<R: Room> Context<R> {
    /// Returns the id of this room.
    pub fn id(&self) -> RoomId {
        self.as_handle().id()
    }

    /// Returns the name that this room was opened with.
    pub fn name(&self) -> Option<&str> {
        self.as_handle().name()
    }

    /// Returns the members: the sessions that have a seat. A session is added after its `#[on(enter)]` hook, and is out
    /// before its `#[on(leave)]` hook.
    ///
    /// Only the room itself adds and removes members.
    pub fn members(&self) -> &Group {
        self.as_handle().members()
    }

    /// Returns the spectators, which are no members.
    pub fn spectators(&self) -> &Group {
        self.as_handle().spectators()
    }

    /// Returns members and spectators together, as a target of pushes.
    pub fn audience(&self) -> Audience<'_> {
        self.as_handle().audience()
    }

    /// Returns `true` if the session is a spectator of this room, from the beginning of its `#[on(enter)]` hook to the
    /// end of its `#[on(leave)]` hook.
    pub fn is_spectator(&self, session: &Session) -> bool {
        self.as_handle().is_spectator(session)
    }

    /// Puts a session out of this room, with [`LeaveReason::Kicked`]; the session stays open. Returns `false` when it is
    /// not in the room.
    pub fn expel(&self, session: &Session) -> bool {
        self.as_handle().expel(session)
    }

    /// Ends this room. Does nothing when it is ending already.
    ///
    /// At once, nobody enters any more, and all sessions are out: their messages are answered with the error
    /// `room_closed`. Then the `#[on(leave)]` hooks run, with [`LeaveReason::RoomClosed`]; the timers end; the
    /// `#[on(close)]` hooks run; and the room's name is free.
    pub fn close(&self) {
        self.as_handle().close();
    }

    /// Takes no more members, and keeps the room out of lobbies and matchmaking, until [`unlock`](Self::unlock).
    /// Spectators still come.
    pub fn lock(&self) {
        self.as_handle().lock();
    }

    /// Ends [`lock`](Self::lock).
    pub fn unlock(&self) {
        self.as_handle().unlock();
    }

    /// Keeps the room out of lobbies and matchmaking, or not. Who has its id or name can enter in any case.
    pub fn set_private(&self, is_private: bool) {
        self.as_handle().set_private(is_private);
    }

    /// Sets the value that lobbies see of this room.
    pub fn set_info(&self, info: R::Info) {
        self.as_handle().set_info(info);
    }
}

/// A room, from anywhere.
impl<R: Room> Handle<R> {
    fn core(&self) -> &RoomCore {
        match &self.place().instance.room {
            Some(core) => core,
            None => panic!("`{}` is used as a room, but is registered as a component", R::NAME),
        }
    }

    fn set(&self) -> Option<Arc<RoomSet<R>>> {
        set_of::<R, R>(self.place().instance)
    }

    pub(super) fn reserve(&self, role: Role) -> Result<Seat<R>> {
        let set = self.set().ok_or_else(room_closed)?;
        let room = set.directory.get(self.id()).ok_or_else(room_closed)?;
        set.directory.reserve(room.id, role)?;
        Ok(Seat::reserved(set, room, role))
    }

    /// Returns the room's id.
    pub fn id(&self) -> RoomId {
        self.core().id
    }

    /// Returns the name that the room was opened with.
    pub fn name(&self) -> Option<&str> {
        self.core().name.as_deref()
    }

    /// Returns the members. See [`Context::members`].
    pub fn members(&self) -> &Group {
        &self.core().members
    }

    /// Returns the spectators. See [`Context::spectators`].
    pub fn spectators(&self) -> &Group {
        &self.core().spectators
    }

    /// Returns members and spectators together, as a target of pushes.
    pub fn audience(&self) -> Audience<'_> {
        let RoomCore { members, spectators, .. } = self.core();
        Audience { members, spectators }
    }

    /// Returns what lobbies see of the room; `None` when it has ended, or is ending.
    pub fn info(&self) -> Option<RoomInfo<R::Info>> {
        self.set()?.directory.info(self.id())
    }

    /// Returns `true` if the session is a spectator. See [`Context::is_spectator`].
    pub fn is_spectator(&self, session: &Session) -> bool {
        let role = self.set().and_then(|set| set.directory.role(self.id(), session.id()));
        role == Some(Role::Spectator)
    }

    /// Puts a session out. See [`Context::expel`].
    pub fn expel(&self, session: &Session) -> bool {
        let room = self.set().and_then(|set| set.directory.get(self.id()));
        room.is_some_and(|room| room.take_out(session.id(), LeaveReason::Kicked))
    }

    /// Ends the room. See [`Context::close`].
    pub fn close(&self) {
        if let Some(set) = self.set() {
            set.close(self.id());
        }
    }

    /// Takes no more members. See [`Context::lock`].
    pub fn lock(&self) {
        if let Some(set) = self.set() {
            set.directory.set_locked(self.id(), true);
        }
    }

    /// Takes members again. See [`Context::unlock`].
    pub fn unlock(&self) {
        if let Some(set) = self.set() {
            set.directory.set_locked(self.id(), false);
        }
    }

    /// Keeps the room out of lobbies, or not. See [`Context::set_private`].
    pub fn set_private(&self, is_private: bool) {
        if let Some(set) = self.set() {
            set.directory.set_private(self.id(), is_private);
        }
    }

    /// Sets the value that lobbies see. See [`Context::set_info`].
    pub fn set_info(&self, info: R::Info) {
        if let Some(set) = self.set() {
            set.directory.set_info(self.id(), info);
        }
    }
}

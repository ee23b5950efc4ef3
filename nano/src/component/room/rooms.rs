//! The rooms of one type, as the application holds them.

use std::fmt;
use std::sync::Arc;

use super::directory::room_closed;
use super::{NewRoom, OpenRoom, Room, RoomId, RoomInfo, RoomSet, RoomWatch, Seat};
use crate::Result;
use crate::component::Handle;

/// The rooms of type `R` of a running app, from [`Context::rooms`](crate::Context::rooms) or
/// [`Server::rooms`](crate::Server::rooms). Cheap to clone.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result, RoomId};
/// use serde::Serialize;
///
/// #[derive(Default)]
/// struct Table;
///
/// #[derive(Default)]
/// struct TableInfo { stake: u32 }
///
/// #[component(room(info = TableInfo))]
/// impl Table {}
///
/// #[derive(Serialize)]
/// struct Offer { table: RoomId, stake: u32, free: usize }
///
/// struct Lobby;
///
/// #[component]
/// impl Lobby {
///     #[handler]
///     fn offers(&self, ctx: &Context<Self>) -> Result<Vec<Offer>> {
///         let tables = ctx.rooms::<Table>()?.list();
///         let offers = tables.iter().map(|table| Offer {
///             table: table.id,
///             stake: table.info.stake,
///             free: table.max_members - table.members,
///         });
///         Ok(offers.collect())
///     }
/// }
/// ```
pub struct Rooms<R: Room>(Arc<RoomSet<R>>);

impl<R: Room> Rooms<R> {
    pub(crate) fn new(set: Arc<RoomSet<R>>) -> Self {
        Self(set)
    }

    /// Opens a room.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooManyRooms`] when there are [`RoomType::max`](super::RoomType::max) of them;
    /// [`ErrorKind::RoomNameTaken`] when it has the name of another; [`ErrorKind::Shutdown`] when the app ends.
    ///
    /// [`ErrorKind::TooManyRooms`]: crate::ErrorKind::TooManyRooms
    /// [`ErrorKind::RoomNameTaken`]: crate::ErrorKind::RoomNameTaken
    /// [`ErrorKind::Shutdown`]: crate::ErrorKind::Shutdown
    pub fn open(&self, room: impl Into<NewRoom<R>>) -> Result<Handle<R>> {
        self.0.open(room.into())
    }

    /// Opens a room with a name, which no other room of the type has until this one has closed: in a cluster, none on any
    /// node. Without a cluster it is done at once.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open). In a cluster also [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when its
    /// registry cannot be reached for some seconds, and [`ErrorKind::Config`](crate::ErrorKind::Config) when it keeps no
    /// claims.
    ///
    /// # Cancel safety
    ///
    /// The room is open, or it is not and nobody has its name.
    pub async fn open_named(
        &self,
        name: impl Into<Arc<str>>,
        room: impl Into<NewRoom<R>>,
    ) -> Result<Handle<R>> {
        let new = room.into().name(name);
        self.0.open_named(new).await
    }

    /// Reserves a seat in the oldest room that `filter` takes; if there is none, in a new one.
    ///
    /// The filter sees the rooms that are public, not locked and not full. Finding and reserving are one step, and so are
    /// opening and reserving: however many ask at once, no room is found for more sessions than it has seats, and none is
    /// opened while there is a seat in another. `make` may be called without need, when another room opens meanwhile.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    ///
    /// # Panics
    ///
    /// Panics when `filter` uses rooms in turn: it runs while no room can change, so it only looks at what it is given.
    pub fn find_or_open<N: Into<NewRoom<R>>>(
        &self,
        filter: impl FnMut(&RoomInfo<R::Info>) -> bool,
        make: impl FnOnce() -> N,
    ) -> Result<Seat<R>> {
        self.0.find_or_open(filter, || make().into())
    }

    /// Returns the room with this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`](crate::ErrorKind::RoomClosed) when there is none, or it is closing.
    pub fn get(&self, id: RoomId) -> Result<Handle<R>> {
        self.handle(self.0.directory.get(id))
    }

    /// Returns the room with this name.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn named(&self, name: &str) -> Result<Handle<R>> {
        self.handle(self.0.directory.named(name))
    }

    fn handle(&self, room: Option<Arc<OpenRoom>>) -> Result<Handle<R>> {
        room.and_then(|room| RoomSet::handle(&room)).ok_or_else(room_closed)
    }

    /// Lists the rooms that a lobby shows: those that are public and not locked, the oldest first.
    pub fn list(&self) -> Vec<RoomInfo<R::Info>> {
        self.0.directory.list(super::watch::is_shown)
    }

    /// Lists all rooms, those that are locked or private included, the oldest first.
    pub fn all(&self) -> Vec<RoomInfo<R::Info>> {
        self.0.directory.list(|_, _| true)
    }

    /// Returns the number of rooms, those that are closing included.
    pub fn len(&self) -> usize {
        self.0.directory.len()
    }

    /// Returns `true` if there are no rooms.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Closes a room, as [`Context::close`](crate::Context::close) does; returns `false` when there is none with this
    /// id, or it is closing already.
    pub fn close(&self, id: RoomId) -> bool {
        self.0.close(id)
    }

    /// Watches the rooms that a lobby shows.
    pub fn watch(&self) -> RoomWatch<R> {
        RoomWatch::new(&self.0)
    }
}

impl<R: Room> Clone for Rooms<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Room> fmt::Debug for Rooms<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rooms").field("room", &R::NAME).field("len", &self.len()).finish()
    }
}

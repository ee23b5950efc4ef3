//! The instances of an app that it has one of each, and its rooms.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "cluster")]
use bytes::Bytes;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

#[cfg(feature = "admin")]
use super::room::ListedRoom;
use super::room::{OpenRoom, RoomId};
use super::{AnyInstance, Lifetime};
#[cfg(feature = "cluster")]
use crate::session::Arrival;
use crate::session::Directory;
#[cfg(feature = "cluster")]
use crate::{Result, Session};

/// The rooms of one type, whichever that is.
pub(crate) trait RoomsOfType: Any + Debug + Send + Sync {
    /// Returns the id of the type, by which sessions and routes know it.
    fn kind(&self) -> TypeId;

    /// Returns the name of the type.
    fn name(&self) -> &'static str;

    /// Returns the number of rooms, those that are closing included.
    fn count(&self) -> usize;

    /// Returns up to `most` rooms that are not closing, in the order of their ids, those behind `after`.
    #[cfg(feature = "admin")]
    fn part(&self, after: Option<RoomId>, most: usize) -> Vec<ListedRoom>;

    /// Closes a room; returns `false` when it is not of this type, or closing already.
    #[cfg(feature = "admin")]
    fn close_one(&self, id: RoomId) -> bool;

    /// Returns the room with this id, unless it is closing.
    fn open_room(&self, id: RoomId) -> Option<Arc<OpenRoom>>;

    /// Lets the rooms that are there finish, within `limit`, and until `cut` is cancelled.
    fn drained(
        self: Arc<Self>,
        limit: Duration,
        cut: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Opens no more rooms, and closes those that are there.
    fn close_all(&self);

    /// Closes the rooms that are there. Others may be opened.
    #[cfg(feature = "cluster")]
    fn close_those_there(&self);

    /// Lets a session enter a room, for another node; the session's own node knows of it.
    #[cfg(feature = "cluster")]
    fn enter(
        self: Arc<Self>,
        session: Session,
        arrival: Arrival,
        value: Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>>;

    /// Waits until all have closed; after [`close_all`](Self::close_all).
    fn closed(self: Arc<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The instances that an app has one of each, and what they share: a lifetime, and the sessions.
#[derive(Default)]
pub(crate) struct Components {
    instances: HashMap<TypeId, AnyInstance>,
    rooms: HashMap<TypeId, Arc<dyn RoomsOfType>>,
    life: Lifetime,
    directory: Directory,
}

impl Components {
    /// An empty registry, whose instances are to be made with `life`.
    pub(crate) fn new(life: Lifetime, directory: Directory) -> Self {
        Self { life, directory, ..Self::default() }
    }

    /// Adds an instance, which is an `I`.
    pub(crate) fn insert<I: Any>(&mut self, instance: AnyInstance) {
        self.instances.insert(TypeId::of::<I>(), instance);
    }

    /// The instance that is an `I`.
    pub(crate) fn get<I: Any + Send + Sync>(&self) -> Option<&Arc<I>> {
        self.instances.get(&TypeId::of::<I>())?.get()
    }

    /// The sessions of the app.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Adds the rooms of one type.
    pub(crate) fn insert_rooms(&mut self, rooms: Arc<dyn RoomsOfType>) {
        self.rooms.insert((*rooms).type_id(), rooms);
    }

    /// The rooms that are an `S`.
    pub(crate) fn rooms<S: RoomsOfType>(&self) -> Option<Arc<S>> {
        let rooms: Arc<dyn Any + Send + Sync> = self.rooms.get(&TypeId::of::<S>())?.clone();
        rooms.downcast().ok()
    }

    /// The rooms of each type, by its name.
    pub(crate) fn rooms_by_name(&self) -> BTreeMap<&'static str, Arc<dyn RoomsOfType>> {
        self.rooms.values().map(|rooms| (rooms.name(), rooms.clone())).collect()
    }

    /// Returns the number of rooms of each type, by its name.
    pub(crate) fn count_rooms(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.rooms.values().map(|rooms| (rooms.name(), rooms.count()))
    }

    /// Returns up to `most` rooms of all types, in the order of their ids, those behind `after`.
    #[cfg(feature = "admin")]
    pub(crate) fn list_rooms(&self, after: Option<RoomId>, most: usize) -> Vec<ListedRoom> {
        let types = self.rooms.values();
        let mut all: Vec<_> = types.flat_map(|rooms| rooms.part(after, most)).collect();
        all.sort_unstable_by_key(|room| room.id);
        all.truncate(most);
        all
    }

    /// Closes a room of any type; returns `false` when there is none, or it is closing already.
    #[cfg(feature = "admin")]
    pub(crate) fn close_room(&self, id: RoomId) -> bool {
        self.rooms.values().any(|rooms| rooms.close_one(id))
    }

    /// Lets all rooms finish, within `limit`, and until `cut` is cancelled.
    pub(crate) async fn drain_rooms(&self, limit: Duration, cut: &CancellationToken) {
        let rooms = self.rooms.values();
        join_all(rooms.map(|rooms| rooms.clone().drained(limit, cut.clone()))).await;
    }

    /// Closes all rooms, of all types at once, and waits until they have closed.
    pub(crate) async fn close_rooms(&self) {
        self.rooms.values().for_each(|rooms| rooms.close_all());
        for rooms in self.rooms.values() {
            rooms.clone().closed().await;
        }
    }

    /// Closes the rooms that are there, of all types. Others may be opened.
    #[cfg(feature = "cluster")]
    pub(crate) fn close_rooms_there(&self) {
        self.rooms.values().for_each(|rooms| rooms.close_those_there());
    }

    /// The lifetime of all instances.
    pub(crate) fn life(&self) -> &Lifetime {
        &self.life
    }
}

impl fmt::Debug for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Components").field("instances", &self.instances).finish_non_exhaustive()
    }
}

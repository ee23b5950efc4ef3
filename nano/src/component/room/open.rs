//! The opening of rooms.

use std::sync::Arc;

use tokio::runtime;
use tokio::time::{Instant, sleep_until};

use super::core::{Role, RoomCore};
use super::directory::{Found, Opening};
use super::opened::TakesOut;
use super::set::OpeningOf;
use super::{NewRoom, OpenRoom, Room, RoomId, RoomInfo, RoomSet, Seat};
use crate::component::{Handle, Instance};
use crate::log::limited;
use crate::{Error, ErrorKind, Result};

impl<R: Room> RoomSet<R> {
    /// Opens a room.
    ///
    /// # Errors
    ///
    /// See [`Rooms::open`](super::Rooms::open).
    pub(super) fn open(&self, new: NewRoom<R>) -> Result<Handle<R>> {
        #[cfg(feature = "cluster")]
        self.check_name(&new)?;
        self.open_as(new, self.around.ids.next())
    }

    /// Opens a room with this id.
    ///
    /// # Errors
    ///
    /// See [`Rooms::open`](super::Rooms::open).
    pub(super) fn open_as(&self, new: NewRoom<R>, id: RoomId) -> Result<Handle<R>> {
        let (handle, opening) = self.prepare(new, id);
        let room = opening.room.clone();
        self.directory.insert(opening).map_err(|refused| self.refuse(refused))?;
        self.start(&room);
        Ok(handle)
    }

    /// Reserves a seat in a room that `filter` takes, or in one that it opens.
    ///
    /// # Errors
    ///
    /// See [`Rooms::find_or_open`](super::Rooms::find_or_open).
    pub(super) fn find_or_open(
        self: &Arc<Self>,
        mut filter: impl FnMut(&RoomInfo<R::Info>) -> bool,
        make: impl FnOnce() -> NewRoom<R>,
    ) -> Result<Seat<R>> {
        if let Some(room) = self.directory.find(&mut filter) {
            return Ok(Seat::reserved(self.clone(), room, Role::Member));
        }
        // The application's code does not run under the lock, so another room may open meanwhile, and is found then.
        let new = make();
        #[cfg(feature = "cluster")]
        self.check_name(&new)?;
        let (_, opening) = self.prepare(new, self.around.ids.next());
        let new = opening.room.clone();
        match self.directory.find_or_insert(filter, opening) {
            Ok(Found::New) => {
                self.start(&new);
                Ok(Seat::reserved(self.clone(), new, Role::Member))
            }
            Ok(Found::Other(room, unused)) => {
                unused.room.instance().life().close();
                Ok(Seat::reserved(self.clone(), room, Role::Member))
            }
            Err(refused) => Err(self.refuse(refused)),
        }
    }

    fn prepare(&self, new: NewRoom<R>, id: RoomId) -> (Handle<R>, OpeningOf<R>) {
        let NewRoom { room, name, info, is_private } = new;
        let (registry, life) = (self.around.registry.clone(), &self.around.life);
        let instance = Instance::of_room(room, RoomCore::new(id, name.clone()), registry, life);
        let rooms = self.weak() as std::sync::Weak<dyn TakesOut>;
        let room = Arc::new(OpenRoom { id, instance: instance.any(), rooms });
        (Handle::new(instance, R::NAME), Opening { id, room, name, info, is_private })
    }

    /// Ends a room that was not opened.
    fn refuse(&self, (error, unused): (Error, OpeningOf<R>)) -> Error {
        unused.room.instance().life().close();
        if error.kind() == ErrorKind::TooManyRooms {
            let limit = self.directory.limits().rooms;
            limited!(self.log(), RoomsExhausted, room = R::NAME, limit);
        }
        error
    }

    fn start(&self, room: &Arc<OpenRoom>) {
        // Timers run where the room is opened; outside of a runtime, on the app's.
        let outside = runtime::Handle::try_current().is_err();
        let _entered = outside.then(|| self.around.home.enter());
        for timer in &self.hooks.timers {
            if let Some(timer) = timer.bind(room.instance().clone()) {
                timer.start();
            }
        }
        self.watch_emptiness(room);
    }

    /// Closes a room when it has had no members for as long as its type allows. There is one task for a room, however
    /// often its last member leaves.
    pub(super) fn watch_emptiness(&self, room: &Arc<OpenRoom>) {
        let Some(time) = self.directory.limits().empty else { return };
        if !self.directory.begin_empty_watch(room.id) {
            return;
        }
        let (Some(rooms), id) = (self.shared(), room.id) else { return };
        let life = room.instance().life();
        let stop = life.stop_token();
        let watch = async move {
            while let Some(since) = rooms.directory.empty_since(id) {
                let due = since.checked_add(time);
                if due.is_some_and(|due| due <= Instant::now()) {
                    // If a session has come in just now, the next look ends the watch.
                    rooms.close_if_empty(id);
                    continue;
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = async {
                        match due {
                            Some(due) => sleep_until(due).await,
                            None => std::future::pending().await,
                        }
                    } => {}
                }
            }
        };
        life.spawn(watch, &self.around.home);
    }
}

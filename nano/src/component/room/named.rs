//! Rooms with names, which are unique in the whole cluster.

#[cfg(feature = "cluster")]
use std::sync::Arc;

use super::{NewRoom, Room, RoomSet};
use crate::Result;
use crate::component::Handle;
#[cfg(feature = "cluster")]
use crate::session::everywhere::{Everywhere, RoomClaim};
#[cfg(feature = "cluster")]
use crate::{Error, ErrorKind};

/// The name of a room that is about to open; freed when this is dropped and the room is not open.
#[cfg(feature = "cluster")]
struct Name {
    everywhere: Arc<dyn Everywhere>,
    room: u64,
    is_kept: bool,
}

impl<R: Room> RoomSet<R> {
    /// Opens a room that has a name.
    ///
    /// # Errors
    ///
    /// See [`Rooms::open_named`](super::Rooms::open_named).
    pub(super) async fn open_named(&self, new: NewRoom<R>) -> Result<Handle<R>> {
        #[cfg(feature = "cluster")]
        if let (Some(everywhere), Some(name)) = (self.everywhere(), new.name.clone()) {
            let id = self.around.ids.next();
            let rooms = self.weak();
            let close = Box::new(move || {
                if let Some(rooms) = rooms.upgrade() {
                    rooms.close(id);
                }
            });
            let room = id.get();
            let mut held = Name { everywhere, room, is_kept: false };
            let claim = RoomClaim { component: R::NAME, name, room, close };
            held.everywhere.clone().claim_room(claim).await?;
            let opened = self.open_as(new, id)?;
            held.is_kept = true;
            return Ok(opened);
        }
        self.open(new)
    }

    #[cfg(feature = "cluster")]
    fn everywhere(&self) -> Option<Arc<dyn Everywhere>> {
        self.around.registry.upgrade()?.directory().everywhere()
    }

    /// Fails for a room with a name that is opened without asking the cluster.
    #[cfg(feature = "cluster")]
    pub(super) fn check_name(&self, new: &NewRoom<R>) -> Result<()> {
        if new.name.is_none() || self.everywhere().is_none() {
            return Ok(());
        }
        let text = "in a cluster, `open_named` opens the rooms that have names";
        Err(Error::new(ErrorKind::Config, text))
    }

    /// Frees the name of a room that has closed.
    #[cfg(feature = "cluster")]
    pub(super) fn release_name(&self, id: super::RoomId) {
        if let Some(everywhere) = self.everywhere() {
            everywhere.release_room(id.get());
        }
    }
}

#[cfg(feature = "cluster")]
impl Drop for Name {
    fn drop(&mut self) {
        if !self.is_kept {
            self.everywhere.release_room(self.room);
        }
    }
}

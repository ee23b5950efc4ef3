//! The end of a room, and of all rooms of a type.

use std::any::TypeId;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "cluster")]
use bytes::Bytes;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

#[cfg(feature = "admin")]
use super::ListedRoom;
use super::directory::Closing;
use super::{LeaveReason, OpenRoom, Room, RoomEvent, RoomId, RoomSet};
use crate::component::registry::RoomsOfType;
use crate::component::task::Task;
#[cfg(feature = "cluster")]
use crate::session::Arrival;
#[cfg(feature = "cluster")]
use crate::{Result, Session};

impl<R: Room> RoomSet<R> {
    /// Closes a room; returns `false` when it is closing already.
    pub(super) fn close(&self, id: RoomId) -> bool {
        self.begin_close(id, false)
    }

    /// Closes a room, unless it has members.
    pub(super) fn close_if_empty(&self, id: RoomId) {
        self.begin_close(id, true);
    }

    /// Shuts a room, and ends it in a task: the caller may have the borrow of the room.
    fn begin_close(&self, id: RoomId, only_if_empty: bool) -> bool {
        let Some(room) = self.shut(id, only_if_empty) else { return false };
        if let Some(rooms) = self.shared() {
            let end = async move { rooms.finish_close(&room).await };
            self.around.home.spawn(self.closing.track_future(end));
        }
        true
    }

    /// Nobody enters any more, and all sessions lose their seats. Returns `None` when the room is shut already.
    fn shut(&self, id: RoomId, only_if_empty: bool) -> Option<Arc<OpenRoom>> {
        let Closing { room, exits } = self.directory.begin_close(id, only_if_empty)?;
        for exit in exits {
            self.let_go(exit, LeaveReason::RoomClosed);
        }
        Some(room)
    }

    /// Waits for leave hooks, sessions on their way in, and timers; runs the close hooks; and leaves the directory last,
    /// so that nobody opens another room of the name meanwhile.
    async fn finish_close(&self, room: &OpenRoom) {
        let (life, log) = (room.instance().life(), self.log());
        life.stop();
        // What takes longer was cut off by its own limit, or is a timer's body, which has none.
        let _late = timeout(self.around.hook_limit * 2, life.stopped()).await;
        if let Some(instance) = Self::instance(room) {
            // Calls that wait for the room would be let in behind the last hook.
            instance.admit_hooks_only();
        }
        let hooks = self.hooks.events.iter().filter(|hook| hook.moment == RoomEvent::Close);
        for hook in hooks {
            let info = self.info(hook.label, None);
            let call = || hook.method.run(room.instance(), hook.label, &(), ());
            Task::start(info, log, call).run(log, pending()).await.log_error(&info, log);
        }
        if let Some(core) = Self::core(room) {
            core.members.close();
            core.spectators.close();
        }
        life.close();
        self.directory.remove(room.id);
        #[cfg(feature = "cluster")]
        self.release_name(room.id);
    }
}

impl<R: Room> RoomsOfType for RoomSet<R> {
    fn kind(&self) -> TypeId {
        Self::kind()
    }

    fn name(&self) -> &'static str {
        R::NAME
    }

    fn count(&self) -> usize {
        self.directory.len()
    }

    #[cfg(feature = "admin")]
    fn part(&self, after: Option<RoomId>, most: usize) -> Vec<ListedRoom> {
        let part = self.directory.part(after, most);
        part.iter().map(|room| ListedRoom::of(R::NAME, room)).collect()
    }

    #[cfg(feature = "admin")]
    fn close_one(&self, id: RoomId) -> bool {
        self.close(id)
    }

    fn open_room(&self, id: RoomId) -> Option<Arc<OpenRoom>> {
        self.directory.get(id)
    }

    fn close_all(&self) {
        for id in self.directory.shut() {
            self.close(id);
        }
        self.closing.close();
    }

    #[cfg(feature = "cluster")]
    fn close_those_there(&self) {
        for id in self.directory.ids() {
            self.close(id);
        }
    }

    fn drained(
        self: Arc<Self>,
        limit: Duration,
        cut: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.drain(limit, &cut).await })
    }

    #[cfg(feature = "cluster")]
    fn enter(
        self: Arc<Self>,
        session: Session,
        arrival: Arrival,
        value: Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> {
        Box::pin(async move { self.enter_from_there(session, arrival, &value).await })
    }

    fn closed(self: Arc<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.closing.wait().await })
    }
}

#[cfg(all(test, nano_loom))]
mod model;

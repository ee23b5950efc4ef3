//! The rooms of one type in a running app: their directory, their hooks, and their surroundings.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime;
use tokio_util::task::TaskTracker;

use super::core::RoomCore;
use super::directory::{Directory, Opening};
#[cfg(feature = "cluster")]
use super::entry_value::ReadEntry;
use super::{LeaveReason, OpenRoom, Room, RoomEvent, RoomIds};
use crate::Session;
use crate::component::access::Cell;
use crate::component::erased::{DefinedHook, DefinedTimer};
use crate::component::task::{TaskInfo, TaskKind};
use crate::component::{Components, Handle, Instance, Lifecycle, Lifetime};
use crate::log::Log;

/// The surroundings of the rooms of an app.
pub(crate) struct Surroundings {
    pub(crate) registry: Weak<Components>,
    pub(crate) life: Lifetime,
    pub(crate) ids: Arc<RoomIds>,
    /// The time that a hook may take.
    pub(crate) hook_limit: Duration,
    /// The runtime that hooks run on which nobody waits for.
    pub(crate) home: runtime::Handle,
}

/// The methods that the framework calls of each room.
pub(super) struct RoomHooks<R: Room> {
    pub(super) enter: Option<DefinedHook<(), Session, R::Entry>>,
    pub(super) leave: Vec<DefinedHook<(), Session, LeaveReason>>,
    pub(super) events: Vec<DefinedHook<RoomEvent, ()>>,
    /// Those of the app's drain.
    pub(super) drain: Vec<DefinedHook<Lifecycle, ()>>,
    pub(super) timers: Vec<DefinedTimer>,
}

/// A room of type `R` that is to be opened.
pub(super) type OpeningOf<R> = Opening<Arc<OpenRoom>, <R as Room>::Info>;

/// The rooms of one type in a running app.
pub(crate) struct RoomSet<R: Room> {
    pub(super) directory: Directory<Arc<OpenRoom>, R::Info>,
    pub(super) hooks: RoomHooks<R>,
    pub(super) around: Surroundings,
    /// The rooms that are closing.
    pub(super) closing: TaskTracker,
    #[cfg(feature = "cluster")]
    pub(super) read_entry: ReadEntry<R>,
    this: Weak<Self>,
}

impl<R: Room> RoomSet<R> {
    pub(super) fn new(
        directory: Directory<Arc<OpenRoom>, R::Info>,
        hooks: RoomHooks<R>,
        around: Surroundings,
        #[cfg(feature = "cluster")] read_entry: ReadEntry<R>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            directory,
            hooks,
            around,
            closing: TaskTracker::new(),
            #[cfg(feature = "cluster")]
            read_entry,
            this: this.clone(),
        })
    }

    /// The rooms for tasks that outlive a borrow; `None` while they are dropped.
    pub(super) fn shared(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }

    pub(super) fn weak(&self) -> Weak<Self> {
        self.this.clone()
    }

    pub(super) fn log(&self) -> &Log {
        self.around.life.log()
    }

    /// The id of the type, by which sessions and routes know it.
    pub(super) fn kind() -> TypeId {
        TypeId::of::<R>()
    }

    /// The instance of a room of this type.
    pub(super) fn instance(room: &OpenRoom) -> Option<&Arc<Instance<R>>> {
        room.instance.get()
    }

    /// The handle of a room of this type.
    pub(super) fn handle(room: &OpenRoom) -> Option<Handle<R>> {
        Self::instance(room).map(|instance| Handle::new(instance.clone(), R::NAME))
    }

    /// The part of a room of this type that only rooms have.
    pub(super) fn core(room: &OpenRoom) -> Option<&RoomCore> {
        Self::instance(room)?.room.as_ref()
    }

    /// Returns `true` if the caller itself has the borrow of the room, so that its hooks wait for the caller.
    pub(super) fn is_callers(room: &OpenRoom) -> bool {
        Self::instance(room).is_some_and(|instance| instance.cell.is_callers())
    }

    /// The description of a hook's call.
    pub(super) fn info(&self, label: &'static str, session: Option<&Session>) -> TaskInfo {
        let limit = Some(self.around.hook_limit);
        TaskInfo { kind: TaskKind::Hook, label, session: session.map(Session::id), limit }
    }
}

impl<R: Room> fmt::Debug for RoomSet<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomSet").field("room", &R::NAME).finish_non_exhaustive()
    }
}

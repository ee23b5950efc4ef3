//! The registration of a type of rooms.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::directory::Directory;
#[cfg(feature = "cluster")]
use super::entry_value::{ReadEntry, read_json, read_nothing};
use super::limits::RoomLimits;
use super::set::{RoomHooks, Surroundings};
use super::{Room, RoomSet};
use crate::Session;
use crate::component::erased::DefinedHook;
use crate::component::{Definition, Lifecycle};

/// A type of rooms with its bounds, for [`App::rooms`](crate::App::rooms).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use nano::{component, App, RoomType};
///
/// #[derive(Default)]
/// struct Table;
///
/// #[component(room)]
/// impl Table {}
///
/// let tables = RoomType::<Table>::new()
///     .max(10_000)
///     .max_members(4)
///     .close_when_empty(Duration::from_secs(30));
/// let app = App::new().rooms(tables);
/// ```
#[must_use = "a type of rooms has to be registered"]
pub struct RoomType<R: Room> {
    limits: RoomLimits,
    #[cfg(feature = "cluster")]
    read_entry: ReadEntry<R>,
    room: PhantomData<fn() -> R>,
}

impl<R: Room> Default for RoomType<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Room> RoomType<R> {
    /// Creates the type with its default bounds.
    pub fn new() -> Self {
        let limits =
            RoomLimits { rooms: 10_000, members: usize::MAX, spectators: usize::MAX, empty: None };
        Self {
            limits,
            #[cfg(feature = "cluster")]
            read_entry: read_nothing::<R>,
            room: PhantomData,
        }
    }

    /// Sets the number of rooms that may be open at a time: 10,000 by default. Further ones are refused with
    /// [`ErrorKind::TooManyRooms`](crate::ErrorKind::TooManyRooms).
    pub fn max(mut self, rooms: usize) -> Self {
        self.limits.rooms = rooms;
        self
    }

    /// Sets the number of members that a room may have; by default there is no bound but that on the app's sessions.
    /// Further ones are refused with [`ErrorKind::RoomFull`](crate::ErrorKind::RoomFull).
    pub fn max_members(mut self, members: usize) -> Self {
        self.limits.members = members;
        self
    }

    /// Sets the number of spectators that a room may have; by default there is no bound but that on the app's sessions.
    /// 0 allows none.
    pub fn max_spectators(mut self, spectators: usize) -> Self {
        self.limits.spectators = spectators;
        self
    }

    /// Closes a room that has had no members for so long, also when nobody has ever come. By default rooms close only
    /// when the application closes them. A reserved seat counts as a member, a spectator does not.
    pub fn close_when_empty(mut self, time: Duration) -> Self {
        self.limits.empty = Some(time);
        self
    }

    /// Lets sessions enter from other nodes of a cluster with a value for the `#[on(enter)]` hook, which is sent as JSON.
    /// Without this they do so if the rooms take no value.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, App, Result, RoomType};
    ///
    /// struct Table { names: Vec<String> }
    ///
    /// #[component(room)]
    /// impl Table {
    ///     #[on(enter)]
    ///     fn entered(&mut self, name: String) {
    ///         self.names.push(name);
    ///     }
    /// }
    ///
    /// let app = App::new().rooms(RoomType::<Table>::new().entry_from_nodes());
    /// ```
    #[cfg(feature = "cluster")]
    pub fn entry_from_nodes(mut self) -> Self
    where
        R::Entry: serde::de::DeserializeOwned,
    {
        self.read_entry = read_json::<R>;
        self
    }

    /// Reports what cannot work.
    pub(crate) fn check(&self, definition: &Definition<R>, problems: &mut Vec<String>) {
        let mut problem = |text: &str| problems.push(format!("the rooms `{}` {text}", R::NAME));
        if self.limits.rooms == 0 {
            problem("have a max of 0: none could be opened");
        }
        if self.limits.members == 0 {
            problem("have max_members 0: nobody could enter");
        }
        if !definition.room.is_room {
            problem("are no rooms by their definition: it has to call `on.room()`");
        }
        match definition.room.enter.len() {
            0 => {}
            1 if enter_hook(definition).is_some() => {}
            1 => problem("have an `enter` hook for another value than `Room::Entry`"),
            count => problem(&format!("have {count} `enter` hooks: the value is for one")),
        }
        let lifecycle = definition.lifecycle.iter();
        let lifecycle = lifecycle.filter(|hook| hook.moment != Lifecycle::Drain);
        let lifecycle = lifecycle.map(|hook| hook.label);
        let of_sessions = definition.session_hooks.iter().map(|hook| hook.label);
        let of_nodes = definition.node_hooks.iter().map(|hook| hook.label);
        let handshakes = definition.handshakes.iter().map(|hook| hook.label);
        for label in lifecycle.chain(of_sessions).chain(of_nodes).chain(handshakes) {
            problem(&format!(
                "have the hook `{label}` of the app or of all sessions: that is for components \
                 that the app has one of"
            ));
        }
    }

    pub(crate) fn build(self, definition: Definition<R>, around: Surroundings) -> Arc<RoomSet<R>> {
        let enter = enter_hook(&definition).cloned();
        let Definition { room, timers, lifecycle, .. } = definition;
        let drain = lifecycle;
        let hooks = RoomHooks { enter, leave: room.leave, events: room.events, drain, timers };
        RoomSet::new(
            Directory::new(self.limits),
            hooks,
            around,
            #[cfg(feature = "cluster")]
            self.read_entry,
        )
    }
}

/// The enter hook of a definition, if it takes the right value.
fn enter_hook<R: Room>(definition: &Definition<R>) -> Option<&DefinedHook<(), Session, R::Entry>> {
    definition.room.enter.first()?.downcast_ref()
}

impl<R: Room> fmt::Debug for RoomType<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomType")
            .field("room", &R::NAME)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

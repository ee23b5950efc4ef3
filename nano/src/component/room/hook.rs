//! The moments in the life of a room at which its methods are called.

use std::fmt;
use std::marker::PhantomData;

use crate::component::Hook;

/// The moment at which a session enters a room, with a value `E`. The hook may refuse.
///
/// Like [`Leave`], [`LoseRoom`] and [`RoomEvent`] it is for definitions that are written by hand; `#[on(enter)]` writes it.
pub struct Enter<E> {
    pub(super) label: &'static str,
    entry: PhantomData<fn(E)>,
}

impl<E> Enter<E> {
    /// Creates the hook. `label` names it in logs.
    pub fn new(label: &'static str) -> Self {
        Self { label, entry: PhantomData }
    }
}

impl<E> fmt::Debug for Enter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enter").field("label", &self.label).finish_non_exhaustive()
    }
}

/// The moment at which a session has left a room, with the [`LeaveReason`](super::LeaveReason).
#[derive(Clone, Copy, Debug)]
pub struct Leave {
    pub(super) label: &'static str,
}

impl Leave {
    /// Creates the hook. `label` names it in logs.
    pub fn new(label: &'static str) -> Self {
        Self { label }
    }
}

/// The moment at which a session has lost a room with its node, with the [`LostRoom`](super::LostRoom): a hook of components, and
/// not of rooms.
#[derive(Clone, Copy, Debug)]
pub struct LoseRoom {
    pub(super) label: &'static str,
}

impl LoseRoom {
    /// Creates the hook. `label` names it in logs.
    pub fn new(label: &'static str) -> Self {
        Self { label }
    }
}

/// A moment in the life of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoomEvent {
    /// All sessions have left, and the timers have ended: the last call of the room.
    Close,
}

impl RoomEvent {
    /// Creates a hook of this moment. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

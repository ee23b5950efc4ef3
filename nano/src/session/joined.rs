//! The rooms that a session is in, as the session knows them.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use super::SessionId;

/// A room that a session is in, whatever its type.
pub(crate) trait Joined: Any + Send + Sync {
    /// Takes a session out, which has ended; `is_kicked` if it was kicked. The room's hooks run in tasks, which the
    /// session's [`leaving`](JoinedRooms::leaving) waits for.
    fn session_ended(&self, session: SessionId, is_kicked: bool);
}

/// The place of a session among the rooms of one type.
#[derive(Clone)]
pub(crate) enum RoomPlace {
    /// It is on its way into one.
    Entering,
    In(Arc<dyn Joined>),
    /// The one that it was in has ended.
    Ended,
}

/// The rooms of one session, at most one of each type, which the type's id stands for.
#[derive(Default)]
pub(super) struct JoinedRooms {
    places: Vec<(TypeId, RoomPlace)>,
    /// The hooks that run for rooms which the session has left.
    pub(super) leaving: TaskTracker,
}

impl JoinedRooms {
    pub(super) fn get(&self, kind: TypeId) -> Option<&RoomPlace> {
        self.places.iter().find(|(other, _)| *other == kind).map(|(_, place)| place)
    }

    pub(super) fn set(&mut self, kind: TypeId, place: RoomPlace) {
        match self.places.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, former)) => *former = place,
            None => self.places.push((kind, place)),
        }
    }

    pub(super) fn remove(&mut self, kind: TypeId) {
        self.places.retain(|(other, _)| *other != kind);
    }

    /// Returns `true` if the session is in `room`.
    pub(super) fn is_in(&self, kind: TypeId, room: &Arc<dyn Joined>) -> bool {
        matches!(self.get(kind), Some(RoomPlace::In(other)) if Arc::ptr_eq(other, room))
    }

    /// Takes the session out of all rooms.
    pub(super) fn take(&mut self) -> Vec<Arc<dyn Joined>> {
        let places = std::mem::take(&mut self.places);
        let rooms = places.into_iter().filter_map(|(_, place)| match place {
            RoomPlace::In(room) => Some(room),
            RoomPlace::Entering | RoomPlace::Ended => None,
        });
        rooms.collect()
    }
}

impl fmt::Debug for RoomPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entering => "Entering",
            Self::In(_) => "In",
            Self::Ended => "Ended",
        })
    }
}

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
    #[cfg(feature = "cluster")]
    There(There),
}

/// A room on another node, which the session's own node knows by its node alone.
#[cfg(feature = "cluster")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct There {
    pub(crate) node: u32,
    /// The number of the link to the node: another link knows nothing of the room.
    pub(crate) link: u64,
}

/// One place, by the type of its room and by the name of its component. Rooms on other nodes have the name alone.
struct Place {
    kind: Option<TypeId>,
    name: &'static str,
    place: RoomPlace,
    /// The number of the entry, by which other nodes know it from those before and after it.
    #[cfg(feature = "cluster")]
    entry: u64,
}

/// The entries of one session that are remembered after nobody waits for them any more.
#[cfg(feature = "cluster")]
const GIVEN_UP: usize = 16;

/// The rooms of one session, at most one of each type, which the type's id stands for.
#[derive(Default)]
pub(super) struct JoinedRooms {
    places: Vec<Place>,
    /// Entries that must not succeed, the oldest first: the session's exit was asked for, perhaps before they have begun.
    #[cfg(feature = "cluster")]
    given_up: std::collections::VecDeque<u64>,
    /// The hooks that run for rooms which the session has left.
    pub(super) leaving: TaskTracker,
}

impl JoinedRooms {
    pub(super) fn get(&self, kind: TypeId) -> Option<&RoomPlace> {
        self.places.iter().find(|other| other.kind == Some(kind)).map(|other| &other.place)
    }

    /// Returns the place among the rooms of a component.
    pub(super) fn named(&self, name: &str) -> Option<&RoomPlace> {
        self.places.iter().find(|other| other.name == name).map(|other| &other.place)
    }

    /// Returns `true` if the session is in no room of a component, and on its way into none.
    pub(super) fn is_free(&self, name: &str) -> bool {
        matches!(self.named(name), None | Some(RoomPlace::Ended))
    }

    /// Notes a place. The entry is that of the place before it.
    pub(super) fn set(&mut self, kind: Option<TypeId>, name: &'static str, place: RoomPlace) {
        match self.places.iter_mut().find(|other| other.name == name) {
            Some(former) => (former.kind, former.place) = (kind, place),
            None => self.places.push(Place {
                kind,
                name,
                place,
                #[cfg(feature = "cluster")]
                entry: 0,
            }),
        }
    }

    /// Notes that the room of a type has ended.
    pub(super) fn end(&mut self, kind: TypeId) {
        if let Some(former) = self.places.iter_mut().find(|other| other.kind == Some(kind)) {
            former.place = RoomPlace::Ended;
        }
    }

    pub(super) fn remove(&mut self, kind: TypeId) {
        self.places.retain(|other| other.kind != Some(kind));
    }

    /// Notes that the room of a component has ended.
    #[cfg(feature = "cluster")]
    pub(super) fn end_named(&mut self, name: &str) {
        if let Some(former) = self.places.iter_mut().find(|other| other.name == name) {
            former.place = RoomPlace::Ended;
        }
    }

    /// Returns `true` if the session is, or was at last, in a room of a component on another node.
    #[cfg(feature = "cluster")]
    pub(super) fn is_elsewhere(&self, name: &str) -> bool {
        self.places.iter().any(|other| other.name == name && other.kind.is_none())
    }

    #[cfg(feature = "cluster")]
    pub(super) fn remove_named(&mut self, name: &str) {
        self.places.retain(|other| other.name != name);
    }

    /// Notes a place, and the number of the entry that it begins with.
    #[cfg(feature = "cluster")]
    pub(super) fn begin(
        &mut self,
        kind: Option<TypeId>,
        name: &'static str,
        place: RoomPlace,
        entry: u64,
    ) {
        self.set(kind, name, place);
        if let Some(place) = self.places.iter_mut().find(|other| other.name == name) {
            place.entry = entry;
        }
    }

    /// Returns the number of the entry into the room of a component.
    #[cfg(feature = "cluster")]
    pub(super) fn entry(&self, name: &str) -> Option<u64> {
        self.places.iter().find(|other| other.name == name).map(|other| other.entry)
    }

    /// Notes that an entry must not succeed.
    #[cfg(feature = "cluster")]
    pub(super) fn give_up(&mut self, entry: u64) {
        if self.is_given_up(entry) {
            return;
        }
        if self.given_up.len() == GIVEN_UP {
            self.given_up.pop_front();
        }
        self.given_up.push_back(entry);
    }

    /// Fails for an entry that must not succeed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    #[cfg(feature = "cluster")]
    pub(super) fn check_wanted(&self, entry: u64) -> crate::Result<()> {
        if !self.is_given_up(entry) {
            return Ok(());
        }
        let text = "the session is to leave the room that it was about to enter";
        Err(crate::Error::new(crate::ErrorKind::Closed, text))
    }

    #[cfg(feature = "cluster")]
    pub(super) fn is_given_up(&self, entry: u64) -> bool {
        self.given_up.contains(&entry)
    }

    /// Returns `true` if the session is in `room`.
    pub(super) fn is_in(&self, kind: TypeId, room: &Arc<dyn Joined>) -> bool {
        matches!(self.get(kind), Some(RoomPlace::In(other)) if Arc::ptr_eq(other, room))
    }

    /// Takes the session out of all rooms.
    pub(super) fn take(&mut self) -> Vec<Arc<dyn Joined>> {
        let places = std::mem::take(&mut self.places);
        let rooms = places.into_iter().filter_map(|place| match place.place {
            RoomPlace::In(room) => Some(room),
            _ => None,
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
            #[cfg(feature = "cluster")]
            Self::There(_) => "There",
        })
    }
}

//! The directory of the rooms of one type: names, seats and phases, under one lock.
//!
//! All of it is bookkeeping: nothing here waits, and no code of the application runs under the lock, but for the filter
//! of [`Directory::find`], which may not use the directory in turn.

mod entry;
mod lock;
mod presence;
mod seats;

use std::collections::{BTreeMap, BTreeSet, HashMap};
#[cfg(feature = "admin")]
use std::ops::Bound;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::core::Role;
use super::limits::RoomLimits;
use super::{RoomId, RoomInfo};
use crate::{Error, ErrorKind, Result};
use entry::Entry;
use lock::Lock;
pub(super) use presence::{Closing, Exit};
pub(super) use seats::room_closed;

/// The rooms of one type, each a `T` with an info `I`.
pub(super) struct Directory<T, I> {
    limits: RoomLimits,
    state: Lock<State<T, I>>,
}

struct State<T, I> {
    rooms: BTreeMap<RoomId, Entry<T, I>>,
    names: HashMap<Arc<str>, RoomId>,
    /// The rooms that matchmaking may offer: public, not locked, not full.
    offered: BTreeSet<RoomId>,
    /// The number of changes so far, which watchers wait for; `None` once no room is opened any more.
    changes: Option<watch::Sender<u64>>,
}

/// A room that is to be opened.
pub(super) struct Opening<T, I> {
    pub(super) id: RoomId,
    pub(super) room: T,
    pub(super) name: Option<Arc<str>>,
    pub(super) info: I,
    pub(super) is_private: bool,
}

/// The outcome of [`Directory::find_or_insert`].
pub(super) enum Found<T, I> {
    /// A seat is reserved in this room; the new one was not needed.
    Other(T, Opening<T, I>),
    /// The new room is open, with a seat reserved.
    New,
}

impl<T: Clone, I> Directory<T, I> {
    pub(super) fn new(limits: RoomLimits) -> Self {
        let state = State {
            rooms: BTreeMap::new(),
            names: HashMap::new(),
            offered: BTreeSet::new(),
            changes: Some(watch::Sender::new(0)),
        };
        Self { limits, state: Lock::new(state) }
    }

    pub(super) fn limits(&self) -> &RoomLimits {
        &self.limits
    }

    /// Opens a room.
    ///
    /// # Errors
    ///
    /// The reason, and the room.
    pub(super) fn insert(&self, new: Opening<T, I>) -> Result<(), (Error, Opening<T, I>)> {
        self.state.lock().insert(new, 0, &self.limits)
    }

    /// Reserves a member's seat in the oldest room that is offered and that `filter` takes.
    pub(super) fn find(&self, mut filter: impl FnMut(&RoomInfo<I>) -> bool) -> Option<T> {
        self.state.lock_for_filter(|state| state.find(&mut filter, &self.limits))
    }

    /// Does the same, or opens a room and reserves a member's seat in it.
    ///
    /// # Errors
    ///
    /// The reason why none is opened, and the room.
    pub(super) fn find_or_insert(
        &self,
        mut filter: impl FnMut(&RoomInfo<I>) -> bool,
        new: Opening<T, I>,
    ) -> Result<Found<T, I>, (Error, Opening<T, I>)> {
        self.state.lock_for_filter(|state| match state.find(&mut filter, &self.limits) {
            Some(room) => Ok(Found::Other(room, new)),
            None => state.insert(new, 1, &self.limits).map(|()| Found::New),
        })
    }

    /// Returns a room that is not closing.
    pub(super) fn get(&self, id: RoomId) -> Option<T> {
        self.state.lock().open(id).map(|entry| entry.room.clone())
    }

    /// Returns all rooms that are not closing.
    pub(super) fn all(&self) -> Vec<T> {
        let state = self.state.lock();
        let open = state.rooms.values().filter(|entry| !entry.is_closing);
        open.map(|entry| entry.room.clone()).collect()
    }

    pub(super) fn named(&self, name: &str) -> Option<T> {
        let state = self.state.lock();
        let id = *state.names.get(name)?;
        state.rooms.get(&id).filter(|entry| !entry.is_closing).map(|entry| entry.room.clone())
    }

    /// Returns the number of rooms, those that are closing included.
    pub(super) fn len(&self) -> usize {
        self.state.lock().rooms.len()
    }

    pub(super) fn info(&self, id: RoomId) -> Option<RoomInfo<I>> {
        let mut state = self.state.lock();
        state.open(id).map(|entry| entry.info(id, &self.limits))
    }

    /// Lists the rooms that are not closing and that `takes` their flags (locked, private), in the order of their ids.
    pub(super) fn list(&self, takes: impl Fn(bool, bool) -> bool) -> Vec<RoomInfo<I>> {
        let state = self.state.lock();
        let open = state
            .rooms
            .iter()
            .filter(|(_, entry)| !entry.is_closing && takes(entry.is_locked, entry.is_private));
        open.map(|(id, entry)| entry.info(*id, &self.limits)).collect()
    }

    /// Lists up to `most` rooms that are not closing, in the order of their ids, those behind `after`. The lock is held
    /// for these only.
    #[cfg(feature = "admin")]
    pub(super) fn part(&self, after: Option<RoomId>, most: usize) -> Vec<RoomInfo<I>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.state.lock();
        let behind = state.rooms.range((from, Bound::Unbounded));
        let open = behind.filter(|(_, entry)| !entry.is_closing).take(most);
        open.map(|(id, entry)| entry.info(*id, &self.limits)).collect()
    }

    /// Lists the rooms as [`list`](Self::list) does, but only those that changed after the change `since`; with the ids
    /// of all others, and the number of the last change.
    pub(super) fn list_changed(
        &self,
        since: u64,
        takes: impl Fn(bool, bool) -> bool,
    ) -> (Vec<RoomInfo<I>>, Vec<RoomId>, u64) {
        let state = self.state.lock();
        let (mut changed, mut same) = (Vec::new(), Vec::new());
        for (id, entry) in &state.rooms {
            if entry.is_closing || !takes(entry.is_locked, entry.is_private) {
                continue;
            }
            match entry.changed > since {
                true => changed.push(entry.info(*id, &self.limits)),
                false => same.push(*id),
            }
        }
        let last = state.changes.as_ref().map_or(since, |changes| *changes.borrow());
        (changed, same, last)
    }

    /// Tells of changes from now on; `None` once no room is opened any more.
    pub(super) fn watch(&self) -> Option<watch::Receiver<u64>> {
        self.state.lock().changes.as_ref().map(watch::Sender::subscribe)
    }

    /// Sets what lobbies see.
    pub(super) fn set_info(&self, id: RoomId, info: I) {
        let mut info = Arc::new(info);
        self.state
            .lock()
            .change(id, &self.limits, |entry| std::mem::swap(&mut entry.info, &mut info));
        // Here, with the lock released, the former info is dropped.
    }

    pub(super) fn set_locked(&self, id: RoomId, is_locked: bool) {
        self.state.lock().change(id, &self.limits, |entry| entry.is_locked = is_locked);
    }

    pub(super) fn set_private(&self, id: RoomId, is_private: bool) {
        self.state.lock().change(id, &self.limits, |entry| entry.is_private = is_private);
    }

    /// Opens no more rooms, and tells the ids of those that are there.
    pub(super) fn shut(&self) -> Vec<RoomId> {
        let mut state = self.state.lock();
        state.changes = None;
        state.rooms.keys().copied().collect()
    }

    #[cfg(feature = "cluster")]
    pub(super) fn ids(&self) -> Vec<RoomId> {
        self.state.lock().rooms.keys().copied().collect()
    }

    /// Removes a room that has closed.
    pub(super) fn remove(&self, id: RoomId) {
        let mut state = self.state.lock();
        let removed = state.rooms.remove(&id);
        if let Some(name) = removed.as_ref().and_then(|entry| entry.name.as_ref()) {
            state.names.remove(name);
        }
        // The last reference to the room may be here: it is dropped with the lock released.
        drop(state);
    }

    /// Returns `true` if a task has to watch over the room from now on, because it has no members.
    pub(super) fn begin_empty_watch(&self, id: RoomId) -> bool {
        let mut state = self.state.lock();
        let Some(entry) = state.open(id) else { return false };
        entry.empty.is_some() && !std::mem::replace(&mut entry.is_watched, true)
    }

    /// Returns the time since which the room has had no members; `None` ends the watch.
    pub(super) fn empty_since(&self, id: RoomId) -> Option<Instant> {
        let mut state = self.state.lock();
        let entry = state.open(id)?;
        entry.is_watched = entry.empty.is_some();
        entry.empty
    }
}

impl<T: Clone, I> State<T, I> {
    fn open(&mut self, id: RoomId) -> Option<&mut Entry<T, I>> {
        self.rooms.get_mut(&id).filter(|entry| !entry.is_closing)
    }

    /// Changes a room that is not closing, and all that depends on it.
    fn change<O>(
        &mut self,
        id: RoomId,
        limits: &RoomLimits,
        change: impl FnOnce(&mut Entry<T, I>) -> O,
    ) -> Option<O> {
        let entry = self.rooms.get_mut(&id).filter(|entry| !entry.is_closing)?;
        let output = change(entry);
        if let Some(changes) = &self.changes {
            changes.send_modify(|count| {
                *count += 1;
                entry.changed = *count;
            });
        }
        match entry.is_offered(limits) {
            true => self.offered.insert(id),
            false => self.offered.remove(&id),
        };
        Some(output)
    }

    fn insert(
        &mut self,
        new: Opening<T, I>,
        reserved: usize,
        limits: &RoomLimits,
    ) -> Result<(), (Error, Opening<T, I>)> {
        if let Some(error) = self.refusal(new.name.as_ref(), limits) {
            return Err((error, new));
        }
        let Opening { id, room, name, info, is_private } = new;
        if let Some(name) = &name {
            self.names.insert(name.clone(), id);
        }
        self.rooms.insert(id, Entry::new(room, name, info, is_private));
        self.change(id, limits, |entry| entry.reserve(Role::Member, reserved));
        Ok(())
    }

    /// Returns the reason why no room with this name is opened.
    fn refusal(&self, name: Option<&Arc<str>>, limits: &RoomLimits) -> Option<Error> {
        if self.changes.is_none() {
            return Some(Error::new(ErrorKind::Shutdown, "the app opens no more rooms: it ends"));
        }
        if self.rooms.len() >= limits.rooms {
            let message = format!("there are {} rooms, as many as there may be", limits.rooms);
            return Some(Error::new(ErrorKind::TooManyRooms, message));
        }
        let name = name.filter(|name| self.names.contains_key(*name))?;
        let message = format!("there is a room with the name {name:?} already");
        Some(Error::new(ErrorKind::RoomNameTaken, message))
    }

    fn find(
        &mut self,
        filter: &mut impl FnMut(&RoomInfo<I>) -> bool,
        limits: &RoomLimits,
    ) -> Option<T> {
        let rooms = &self.rooms;
        let fits =
            |id: &RoomId| rooms.get(id).is_some_and(|entry| filter(&entry.info(*id, limits)));
        let id = self.offered.iter().copied().find(fits)?;
        self.change(id, limits, |entry| {
            entry.reserve(Role::Member, 1);
            entry.room.clone()
        })
    }
}

#[cfg(test)]
mod tests;

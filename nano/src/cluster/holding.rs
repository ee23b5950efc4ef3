//! The names that sessions and rooms of this node hold, or have lost and are still to free.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::claims::{Claim, Holder};

/// The names of this node's rooms, and what is left to do for names that were lost.
#[derive(Debug)]
pub(super) struct Holding {
    released: mpsc::UnboundedSender<Claim>,
    evicted: mpsc::UnboundedSender<Holder>,
    inbox: Mutex<Option<Inbox>>,
    /// The names of this node's rooms, by the ids of the rooms.
    rooms: Mutex<BTreeMap<u64, NamedRoom>>,
}

/// A room that has a name.
struct NamedRoom {
    claim: Claim,
    /// The registry has given it the name.
    is_granted: bool,
    close: Box<dyn Fn() + Send + Sync>,
}

/// The other end. Names wait in it while the registry is away, when none are claimed: they are no more than were claimed
/// before. Sessions of other nodes that have lost their users are no more than were logged in there.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) released: mpsc::UnboundedReceiver<Claim>,
    pub(super) evicted: mpsc::UnboundedReceiver<Holder>,
}

impl Holding {
    pub(super) fn new() -> Self {
        let (released, to_release) = mpsc::unbounded_channel();
        let (evicted, to_evict) = mpsc::unbounded_channel();
        let inbox = Inbox { released: to_release, evicted: to_evict };
        let (inbox, rooms) = (Mutex::new(Some(inbox)), Mutex::default());
        Self { released, evicted, inbox, rooms }
    }

    /// Returns the other end, to the one who asks first.
    pub(super) fn inbox(&self) -> Option<Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Frees a name, as soon as the registry can be reached.
    pub(super) fn release(&self, claim: Claim) {
        // The node has ended.
        let _ = self.released.send(claim);
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeMap<u64, NamedRoom>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the name of a room, which `close` closes.
    pub(super) fn hold_room(&self, claim: Claim, close: Box<dyn Fn() + Send + Sync>) {
        self.rooms().insert(claim.holder().id(), NamedRoom { claim, is_granted: false, close });
    }

    /// Notes that the registry has given a room its name.
    pub(super) fn grant_room(&self, room: u64) {
        if let Some(room) = self.rooms().get_mut(&room) {
            room.is_granted = true;
        }
    }

    /// Frees the name of a room, if it has one.
    pub(super) fn release_room(&self, room: u64) {
        let released = self.rooms().remove(&room);
        if let Some(NamedRoom { claim, .. }) = released {
            self.release(claim);
        }
    }

    /// Closes a room that has lost its name.
    pub(super) fn close_room(&self, room: u64) {
        let lost = self.rooms().remove(&room);
        if let Some(NamedRoom { close, .. }) = lost {
            close();
        }
    }

    /// Returns the names that rooms have. One that is only asked for may be another node's.
    pub(super) fn room_claims(&self) -> Vec<Claim> {
        let rooms = self.rooms();
        rooms.values().filter(|room| room.is_granted).map(|room| room.claim.clone()).collect()
    }

    pub(super) fn has_room(&self, room: u64) -> bool {
        self.rooms().contains_key(&room)
    }

    /// Closes a session of another node, as soon as that can be reached.
    pub(super) fn evict(&self, holder: Holder) {
        // The node has ended.
        let _ = self.evicted.send(holder);
    }
}

impl fmt::Debug for NamedRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.claim.fmt(f)
    }
}

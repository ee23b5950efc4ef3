//! The names that sessions and rooms of this node hold, or have lost and are still to free.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::claims::{Claim, ClaimKind, Holder};

/// The names of this node's rooms, and what is left to do for names that were lost.
#[derive(Debug)]
pub(super) struct Holding {
    released: mpsc::UnboundedSender<Claim>,
    evicted: mpsc::UnboundedSender<Holder>,
    inbox: Mutex<Option<Inbox>>,
    rooms: Mutex<Rooms>,
}

/// The names of this node's rooms.
#[derive(Debug, Default)]
struct Rooms {
    /// The number of this node; 0 before it has joined, when nothing can be claimed.
    node: u32,
    /// By the ids of the rooms.
    named: BTreeMap<u64, NamedRoom>,
}

/// A room that has a name.
struct NamedRoom {
    /// Its holder has no node before this one has joined.
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

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the name of a room, which `close` closes. Returns the claim to be made; `None` before the node has joined, which
    /// [claims it](Self::joined) then.
    pub(super) fn hold_room(
        &self,
        name: String,
        room: u64,
        close: Box<dyn Fn() + Send + Sync>,
    ) -> Option<Claim> {
        let mut rooms = self.rooms();
        let claim = Claim::new(ClaimKind::Room, name, Holder::new(rooms.node, room));
        rooms.named.insert(room, NamedRoom { claim: claim.clone(), is_granted: false, close });
        (rooms.node != 0).then_some(claim)
    }

    /// Notes that the node has joined under a number. Returns the claims of the rooms that were opened before.
    pub(super) fn joined(&self, node: u32) -> Vec<Claim> {
        let mut rooms = self.rooms();
        rooms.node = node;
        let before = rooms.named.values_mut().filter(|room| room.claim.holder().node() == 0);
        let claimed = before.map(|room| {
            let holder = Holder::new(node, room.claim.holder().id());
            room.claim = Claim::new(ClaimKind::Room, room.claim.name(), holder);
            room.claim.clone()
        });
        claimed.collect()
    }

    /// Notes that the registry has given a room its name. Returns `false` if the room has closed meanwhile.
    pub(super) fn grant_room(&self, room: u64) -> bool {
        let mut rooms = self.rooms();
        let room = rooms.named.get_mut(&room);
        room.map(|room| room.is_granted = true).is_some()
    }

    /// Frees the name of a room, if it has one.
    pub(super) fn release_room(&self, room: u64) {
        let released = self.rooms().named.remove(&room);
        if let Some(NamedRoom { claim, .. }) =
            released.filter(|room| room.claim.holder().node() != 0)
        {
            self.release(claim);
        }
    }

    /// Closes a room that has lost its name.
    pub(super) fn close_room(&self, room: u64) {
        let lost = self.rooms().named.remove(&room);
        if let Some(NamedRoom { close, .. }) = lost {
            close();
        }
    }

    /// Returns the names that rooms have. One that is only asked for may be another node's.
    pub(super) fn room_claims(&self) -> Vec<Claim> {
        let rooms = self.rooms();
        let granted = rooms.named.values().filter(|room| room.is_granted);
        granted.map(|room| room.claim.clone()).collect()
    }

    pub(super) fn has_room(&self, room: u64) -> bool {
        self.rooms().named.contains_key(&room)
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

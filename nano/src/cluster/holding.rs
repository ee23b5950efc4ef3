//! The names that sessions and rooms of this node hold, or have lost and are still to free.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tokio::sync::mpsc;

use super::claims::{Claim, ClaimKind, Holder};
use super::crossing::Crossing;

/// The names of this node's rooms, and what is left to do for names that were lost.
#[derive(Debug)]
pub(super) struct Holding {
    released: mpsc::UnboundedSender<Claim>,
    evicted: mpsc::UnboundedSender<Holder>,
    inbox: Mutex<Option<Inbox>>,
    /// Of the users of sessions.
    pub(super) crossing: Crossing,
    /// The holders from which sessions of this node have taken their users.
    replaced: Mutex<FxHashMap<Claim, Holder>>,
    rooms: Mutex<Rooms>,
}

/// The names of this node's rooms.
#[derive(Debug, Default)]
struct Rooms {
    /// The number of this node; 0 before it has joined, when nothing can be claimed.
    node: u32,
    /// The node is in its cluster no more, and has not joined again.
    is_out: bool,
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
        let (inbox, crossing) = (Mutex::new(Some(inbox)), Crossing::default());
        let (replaced, rooms) = (Mutex::default(), Mutex::default());
        Self { released, evicted, inbox, crossing, replaced, rooms }
    }

    /// Returns the other end, to the one who asks first.
    pub(super) fn inbox(&self) -> Option<Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Frees a name, as soon as the registry can be reached.
    pub(super) fn release(&self, claim: Claim) {
        self.crossing.release_begins(&claim);
        self.replaced().remove(&claim);
        // The node has ended.
        let _ = self.released.send(claim);
    }

    fn replaced(&self) -> MutexGuard<'_, FxHashMap<Claim, Holder>> {
        self.replaced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a session of this node has taken its user from another one, until it frees the user.
    pub(super) fn replaces(&self, claim: Claim, loser: Holder) {
        self.replaced().insert(claim, loser);
    }

    /// Returns `true` if a session of this node has taken its user from another one.
    pub(super) fn has_replaced(&self, claim: &Claim, other: Holder) -> bool {
        self.replaced().get(claim) == Some(&other)
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

    /// Notes that the node is in its cluster no more. Rooms that are still on the way to a name do not get it.
    pub(super) fn fenced(&self) {
        self.rooms().is_out = true;
    }

    /// Notes that the node has joined under a number. Returns the claims of the rooms that were opened before it first did.
    /// Those of an earlier number have lost their names, and close.
    pub(super) fn joined(&self, node: u32) -> Vec<Claim> {
        let mut rooms = self.rooms();
        (rooms.node, rooms.is_out) = (node, false);
        let is_lost = |(_, room): &(u64, NamedRoom)| {
            let number = room.claim.holder().node();
            number != 0 && number != node
        };
        let named = std::mem::take(&mut rooms.named).into_iter();
        let (lost, kept): (Vec<_>, Vec<_>) = named.partition(is_lost);
        rooms.named = kept.into_iter().collect();
        let before = rooms.named.values_mut().filter(|room| room.claim.holder().node() == 0);
        let claimed = before.map(|room| {
            let holder = Holder::new(node, room.claim.holder().id());
            room.claim = Claim::new(ClaimKind::Room, room.claim.name(), holder);
            room.claim.clone()
        });
        let claimed = claimed.collect();
        drop(rooms);
        lost.iter().for_each(|(_, room)| (room.close)());
        claimed
    }

    /// Notes that the registry has given a room its name. Returns `false` if the room has closed meanwhile, or the node has been
    /// given up.
    pub(super) fn grant_room(&self, room: u64) -> bool {
        let mut rooms = self.rooms();
        let (node, is_out) = (rooms.node, rooms.is_out);
        let room = rooms.named.get_mut(&room).filter(|room| room.claim.holder().node() == node);
        room.filter(|_| !is_out).map(|room| room.is_granted = true).is_some()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn rooms_of_an_earlier_number_close_and_those_on_the_way_get_no_name() {
        let holding = Holding::new();
        let closed = Arc::new(AtomicUsize::new(0));
        let hold = |room| {
            let closed = closed.clone();
            let close = move || {
                closed.fetch_add(1, Ordering::Relaxed);
            };
            holding.hold_room(format!("room {room}"), room, Box::new(close))
        };
        assert!(hold(1).is_none(), "the node has not joined");
        assert_eq!(
            holding.joined(10).iter().map(|claim| claim.holder()).collect::<Vec<_>>(),
            [Holder::new(10, 1)]
        );
        assert!(holding.grant_room(1));
        assert!(hold(2).is_some() && hold(3).is_some());
        assert!(holding.grant_room(2));
        holding.fenced();
        assert!(!holding.grant_room(3), "the node was given up");
        assert!(holding.joined(11).is_empty());
        assert_eq!(closed.load(Ordering::Relaxed), 3);
        assert!(!holding.grant_room(3) && holding.room_claims().is_empty());
        assert!(hold(4).is_some() && holding.grant_room(4));
    }
}

//! The names that the sessions of this node have lost, and are still to be freed.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use super::claims::{Claim, Holder};

/// What is left to do for names that were lost.
#[derive(Debug)]
pub(super) struct Holding {
    released: mpsc::UnboundedSender<Claim>,
    evicted: mpsc::UnboundedSender<Holder>,
    inbox: Mutex<Option<Inbox>>,
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
        Self { released, evicted, inbox: Mutex::new(Some(inbox)) }
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

    /// Closes a session of another node, as soon as that can be reached.
    pub(super) fn evict(&self, holder: Holder) {
        // The node has ended.
        let _ = self.evicted.send(holder);
    }
}

//! A link of two nodes, as those see it that send over it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::calls::Calls;
use super::frames::{Kind, Leaving, Patch, Request, patch, unavailable};
use super::queue::{Queue, Unsent};
use super::sending::Sending;
use super::strangers::Pass;
use crate::Result;
use crate::session::SessionId;

/// The bits of a call's number behind the epoch of its link, where it has one.
const EPOCH: u32 = 32;

/// A link that is complete: both sides know each other.
#[derive(Debug)]
pub(super) struct Link {
    /// Another one for each link of this process.
    pub(super) epoch: u64,
    pub(super) queue: Queue,
    pub(super) calls: Arc<Calls>,
    pub(super) end: CancellationToken,
    /// The number of the peer, once it has shown that it is a member.
    peer: OnceLock<u32>,
    /// The messages on their way into the queue.
    sending: Sending,
    /// How often this node has said that it takes no more messages, and how often the peer has heard so.
    said: AtomicU64,
    heard: watch::Sender<u64>,
    /// The connection, if the other node has made it.
    pub(super) pass: Option<Arc<Pass>>,
}

impl Link {
    pub(super) fn new(queue: Queue, end: CancellationToken, pass: Option<Arc<Pass>>) -> Arc<Self> {
        Self::with_calls(queue, end, pass, |_| Calls::default())
    }

    /// A link whose calls have numbers that no other link's have.
    pub(super) fn with_own_numbers(queue: Queue, end: CancellationToken) -> Arc<Self> {
        Self::with_calls(queue, end, None, |epoch| Calls::after(epoch << EPOCH))
    }

    /// Returns `true` if a number of its own is that of a call.
    pub(super) fn has_call(&self, number: u64) -> bool {
        number >> EPOCH == self.epoch
    }

    fn with_calls(
        queue: Queue,
        end: CancellationToken,
        pass: Option<Arc<Pass>>,
        calls: impl FnOnce(u64) -> Calls,
    ) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let epoch = NEXT.fetch_add(1, Ordering::Relaxed);
        let (sending, calls) = (Sending::default(), Arc::new(calls(epoch)));
        let (said, heard) = (AtomicU64::new(0), watch::Sender::new(0));
        let peer = OnceLock::new();
        Arc::new(Self { epoch, queue, calls, end, peer, sending, said, heard, pass })
    }

    /// Notes which node the peer is.
    pub(super) fn note_peer(&self, number: u32) {
        // It is told once: a link has one greeting.
        let _ = self.peer.set(number);
    }

    /// Returns the number of the peer, once it has shown that it is a member.
    pub(super) fn peer(&self) -> Option<u32> {
        self.peer.get().copied()
    }

    /// Sends a message, if there is room, and the peer takes messages.
    pub(super) fn send(&self, request: Request) -> Result<()> {
        if !self.sending.begin() {
            return Err(unavailable("the node takes no more messages"));
        }
        let sent = self.queue.offer(Kind::Request(request)).map_err(Unsent::into_error);
        if self.sending.end() {
            self.tell_heard();
        }
        sent
    }

    /// Tells the peer that the connection of a client of this node is lost, or that the client is back.
    pub(super) fn tell_presence(&self, session: SessionId, is_lost: bool) {
        let change = Some(patch::Change::Lost(is_lost));
        self.queue.put(Kind::Patch(Patch { session: session.get(), id: 0, change }));
    }

    /// Says that this node takes no more messages. What is returned waits until the peer has taken this and all that was sent
    /// before, or the link has ended.
    pub(super) fn say_leaving(&self) -> impl Future<Output = ()> {
        // An answer to what was said earlier may still come.
        let number = self.said.fetch_add(1, Ordering::Relaxed) + 1;
        let mut heard = self.heard.subscribe();
        self.queue.put(Kind::Leaving(Leaving { heard: false }));
        async move {
            tokio::select! {
                _ = heard.wait_for(|heard| *heard >= number) => {}
                () = self.end.cancelled() => {}
            }
        }
    }

    /// Notes that the peer has heard so once more.
    pub(super) fn note_heard(&self) {
        self.heard.send_modify(|heard| *heard += 1);
    }

    /// Returns `true` if no message can be sent any more: the peer takes none, or the link has ended.
    pub(super) fn takes_nothing(&self) -> bool {
        self.sending.is_closed() || self.end.is_cancelled()
    }

    /// Sends no more messages, as the peer asks. It is told when those that are on their way are in the queue.
    pub(super) fn peer_leaves(&self) {
        if self.sending.close() {
            self.tell_heard();
        }
    }

    fn tell_heard(&self) {
        self.queue.put(Kind::Leaving(Leaving { heard: true }));
    }
}

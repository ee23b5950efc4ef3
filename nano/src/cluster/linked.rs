//! A link of two nodes, as those see it that send over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use super::calls::Calls;
use super::frames::{Kind, Request};
use super::queue::{Queue, Unsent};
use super::strangers::Pass;
use crate::Result;

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
    /// Cancelled when the peer has heard that this node takes no more messages.
    pub(super) heard: CancellationToken,
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
        let (heard, calls) = (CancellationToken::new(), Arc::new(calls(epoch)));
        Arc::new(Self { epoch, queue, calls, end, heard, pass })
    }

    /// Sends a message, if there is room.
    pub(super) fn send(&self, request: Request) -> Result<()> {
        self.queue.offer(Kind::Request(request)).map_err(Unsent::into_error)
    }
}

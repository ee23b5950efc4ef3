//! What waits to be sent to one session: bounded in bytes, filled from anywhere, emptied by the
//! connection's task.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use bytes::{Bytes, BytesMut};

use super::dialect;
use crate::session::CloseReason;

/// Packets up to this size are copied behind one another; larger ones keep their own memory, so
/// that a broadcast shares it.
const INLINE: usize = 512;

/// How much is handed to the transport at a time: what the write deadline is about.
const BATCH: usize = 64 * 1024;

/// Bytes on their way out, whole packets in order.
pub(crate) type Batch = VecDeque<Bytes>;

/// Why a packet was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The session is closing.
    Closed,
    /// The peer reads too slowly; the session is now being closed for it.
    Full,
}

#[derive(Debug)]
pub(crate) struct Outbound {
    queue: Mutex<Queue>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    segments: VecDeque<Bytes>,
    tail: BytesMut,
    len: usize,
    closing: Option<CloseReason>,
    /// Nothing more is taken: the last packet, if any, is the kick.
    sealed: bool,
    aborted: bool,
    /// Something happened since the connection looked.
    dirty: bool,
    /// The connection's task runs and will look before it sleeps: no need to wake it.
    awake: bool,
    waker: Option<Waker>,
}

/// What the connection finds when it looks.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) closing: bool,
    pub(crate) sealed: bool,
    /// Nothing waits behind the batch.
    pub(crate) empty: bool,
    /// Stop waiting for handlers.
    pub(crate) aborted: bool,
}

impl Outbound {
    pub(crate) fn new(limit: usize) -> Self {
        // Awake from the start: the task's first poll is on its way.
        Self { queue: Mutex::new(Queue { awake: true, ..Queue::default() }), limit }
    }

    /// Queues a push.
    pub(crate) fn push(&self, packet: &[u8]) -> Result<(), Refused> {
        self.queue().push(packet.len(), self.limit, |queue| queue.copy(packet))
    }

    /// Queues a push whose memory other sessions share.
    pub(crate) fn push_shared(&self, packet: &Bytes) -> Result<(), Refused> {
        self.queue().push(packet.len(), self.limit, |queue| {
            if packet.len() <= INLINE { queue.copy(packet) } else { queue.share(packet.clone()) }
        })
    }

    /// Queues a reply, which a session that is being closed still gets.
    pub(crate) fn reply(&self, packet: &[u8]) -> Result<(), Refused> {
        let mut queue = self.queue();
        if queue.sealed {
            return Err(Refused::Closed);
        }
        queue.bounded(packet.len(), self.limit, |queue| queue.copy(packet))
    }

    /// Queues a heartbeat or handshake; skipped when `only_if_idle` and anything waits already.
    pub(crate) fn control(&self, packet: &[u8], only_if_idle: bool) {
        let mut queue = self.queue();
        if !queue.sealed && !(only_if_idle && queue.len > 0) {
            queue.copy(packet);
            queue.notify();
        }
    }

    /// Asks the connection to close; the first reason stays. False when it was closing already.
    pub(crate) fn close(&self, reason: CloseReason) -> bool {
        let mut queue = self.queue();
        let first = queue.closing.is_none();
        if first {
            queue.closing = Some(reason);
            queue.notify();
        }
        first
    }

    /// Ends the queue, with the kick that the reason asks for.
    pub(crate) fn seal(&self) {
        self.queue().seal();
    }

    /// Ends the queue with nothing but what the transport has already: the peer is gone.
    pub(crate) fn discard(&self) {
        let mut queue = self.queue();
        queue.clear();
        queue.sealed = true;
    }

    /// Asks the connection to wait for its handlers no longer.
    pub(crate) fn abort(&self) {
        let mut queue = self.queue();
        queue.aborted = true;
        queue.notify();
    }

    /// Wakes the connection to look at something that is kept elsewhere.
    pub(crate) fn nudge(&self) {
        self.queue().notify();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.queue().closing.is_some()
    }

    pub(crate) fn close_reason(&self) -> Option<CloseReason> {
        self.queue().closing.clone()
    }

    /// The connection's look: moves what waits into `batch` if that is empty.
    pub(crate) fn look(&self, batch: &mut Batch) -> Look {
        let mut queue = self.queue();
        queue.awake = true;
        queue.dirty = false;
        if batch.is_empty() {
            queue.fill(batch);
        }
        Look {
            closing: queue.closing.is_some(),
            sealed: queue.sealed,
            empty: queue.len == 0,
            aborted: queue.aborted,
        }
    }

    /// Lets the connection sleep, unless something happened since it looked.
    pub(crate) fn sleep(&self, cx: &Context<'_>) -> bool {
        let mut queue = self.queue();
        if queue.dirty {
            return false;
        }
        queue.awake = false;
        match &mut queue.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => queue.waker = Some(cx.waker().clone()),
        }
        true
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No code of the application's runs under this lock: it cannot be left half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(
        &mut self,
        len: usize,
        limit: usize,
        write: impl FnOnce(&mut Self),
    ) -> Result<(), Refused> {
        if self.closing.is_some() {
            return Err(Refused::Closed);
        }
        self.bounded(len, limit, write)
    }

    fn bounded(
        &mut self,
        len: usize,
        limit: usize,
        write: impl FnOnce(&mut Self),
    ) -> Result<(), Refused> {
        if self.len + len > limit {
            self.closing.get_or_insert(CloseReason::SlowConsumer);
            self.clear();
            self.seal();
            return Err(Refused::Full);
        }
        write(self);
        self.notify();
        Ok(())
    }

    fn copy(&mut self, packet: &[u8]) {
        self.tail.extend_from_slice(packet);
        self.len += packet.len();
    }

    fn share(&mut self, packet: Bytes) {
        if !self.tail.is_empty() {
            self.segments.push_back(self.tail.split().freeze());
        }
        self.len += packet.len();
        self.segments.push_back(packet);
    }

    fn clear(&mut self) {
        self.segments.clear();
        self.tail.clear();
        self.len = 0;
    }

    fn seal(&mut self) {
        if self.sealed {
            return;
        }
        self.sealed = true;
        if let Some(reason) = self.closing.as_ref().and_then(CloseReason::kick_text) {
            let kick = dialect::kick(&reason);
            self.copy(&kick);
        }
        self.notify();
    }

    fn fill(&mut self, batch: &mut Batch) {
        let mut taken = 0;
        while taken < BATCH {
            let segment = match self.segments.pop_front() {
                Some(segment) => segment,
                None if self.tail.is_empty() => break,
                None => self.tail.split().freeze(),
            };
            taken += segment.len();
            batch.push_back(segment);
        }
        self.len -= taken;
    }

    fn notify(&mut self) {
        self.dirty = true;
        if !self.awake {
            self.awake = true;
            if let Some(waker) = &self.waker {
                waker.wake_by_ref();
            }
        }
    }
}

#[cfg(test)]
mod tests;

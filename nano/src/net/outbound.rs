//! What waits to be sent to one session: bounded in bytes, filled from anywhere, emptied by the
//! connection's task.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};

use bytes::{Bytes, BytesMut};

use super::dialect;
use crate::session::CloseReason;

/// Packets up to this size are copied behind one another; larger ones keep their own memory, so
/// that a broadcast shares it.
const INLINE: usize = 512;

/// How much is handed to the transport at a time, give or take a packet: what the write deadline is
/// about.
const BATCH: usize = 64 * 1024;

/// When the copied packets become a segment, so that a long queue is still handed over in batches,
/// and grows without moving what waits already.
const SEGMENT: usize = 16 * 1024;

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
    /// Set under the queue's lock, read without it: it is asked for after every message.
    closing: OnceLock<CloseReason>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    segments: VecDeque<Bytes>,
    tail: BytesMut,
    len: usize,
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
        let queue = Mutex::new(Queue { awake: true, ..Queue::default() });
        Self { queue, closing: OnceLock::new(), limit }
    }

    /// Queues a push.
    pub(crate) fn push(&self, packet: &[u8]) -> Result<(), Refused> {
        self.put(packet.len(), self.is_closing(), |queue| queue.copy(packet))
    }

    /// Queues a push whose memory other sessions share.
    pub(crate) fn push_shared(&self, packet: &Bytes) -> Result<(), Refused> {
        self.put(packet.len(), self.is_closing(), |queue| {
            if packet.len() <= INLINE { queue.copy(packet) } else { queue.share(packet.clone()) }
        })
    }

    /// Queues a reply, which a session that is being closed still gets.
    pub(crate) fn reply(&self, packet: &[u8]) -> Result<(), Refused> {
        self.put(packet.len(), false, |queue| queue.copy(packet))
    }

    fn put(
        &self,
        len: usize,
        refused: bool,
        write: impl FnOnce(&mut Queue),
    ) -> Result<(), Refused> {
        let mut queue = self.queue();
        if refused || queue.sealed {
            return Err(Refused::Closed);
        }
        if queue.len + len > self.limit {
            queue.clear();
            queue.seal(self.closing.get_or_init(|| CloseReason::SlowConsumer));
            return Err(Refused::Full);
        }
        write(&mut queue);
        queue.notify();
        Ok(())
    }

    /// Queues the answer to a handshake.
    pub(crate) fn handshake(&self, packet: &[u8]) {
        self.queue().control(packet);
    }

    /// Queues a heartbeat, unless something waits already: that shows life as well.
    pub(crate) fn heartbeat(&self) {
        let mut queue = self.queue();
        if queue.len == 0 {
            queue.control(&dialect::HEARTBEAT);
        }
    }

    /// Asks the connection to close; the first reason stays. False when it was closing already.
    pub(crate) fn close(&self, reason: CloseReason) -> bool {
        let mut queue = self.queue();
        let first = self.closing.set(reason).is_ok();
        if first {
            queue.notify();
        }
        first
    }

    /// Ends the queue of a closing session, with the kick that the reason asks for.
    pub(crate) fn seal(&self) {
        let mut queue = self.queue();
        if let Some(reason) = self.closing.get() {
            queue.seal(reason);
        }
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
        self.closing.get().is_some()
    }

    pub(crate) fn close_reason(&self) -> Option<CloseReason> {
        self.closing.get().cloned()
    }

    /// The connection's look: with `fill`, what waits moves into `batch` if that is empty.
    pub(crate) fn look(&self, batch: &mut Batch, fill: bool) -> Look {
        let mut queue = self.queue();
        queue.awake = true;
        queue.dirty = false;
        if fill && batch.is_empty() {
            queue.fill(batch);
        }
        Look {
            closing: self.is_closing(),
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
    /// Packets of the protocol itself, which have no limit: there are few.
    fn control(&mut self, packet: &[u8]) {
        if !self.sealed {
            self.copy(packet);
            self.notify();
        }
    }

    fn copy(&mut self, packet: &[u8]) {
        if self.tail.len() >= SEGMENT {
            self.cut();
        }
        self.tail.extend_from_slice(packet);
        self.len += packet.len();
    }

    fn share(&mut self, packet: Bytes) {
        if !self.tail.is_empty() {
            self.cut();
        }
        self.len += packet.len();
        self.segments.push_back(packet);
    }

    /// Makes a segment of the copied packets.
    fn cut(&mut self) {
        self.segments.push_back(self.tail.split().freeze());
    }

    fn clear(&mut self) {
        self.segments.clear();
        self.tail.clear();
        self.len = 0;
    }

    fn seal(&mut self, reason: &CloseReason) {
        if self.sealed {
            return;
        }
        self.sealed = true;
        if let Some(reason) = reason.kick_text() {
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

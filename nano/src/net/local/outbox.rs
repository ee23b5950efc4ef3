//! The outbox of one session: the queue towards its client, the end of the session, and the sleep of the task that
//! empties the one and serves the other.
//!
//! Everything that crosses threads on the way out is here: `loom` tries all of its interleavings (`cargo xtask loom`).

use std::sync::{Arc, OnceLock, PoisonError};
use std::task::Context;

use super::packets::{Packet, Put};
use super::queue::Queue;
use crate::log::Log;
use crate::net::batch::Batch;
use crate::net::settings::Outbound;
use crate::session::CloseReason;
use crate::session::link::{Refused, Sent};
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::wire::class::Class;
use crate::wire::dialect::Family;

pub(super) struct Outbox {
    queue: Mutex<Queue>,
    /// The bytes that wait in the queue, which nothing may overtake, times two; and one more if something happened
    /// since the connection looked. Written under the queue's lock.
    news: AtomicUsize,
    /// The number of messages that the queue was asked to take.
    #[cfg(test)]
    pub(super) puts: AtomicUsize,
    /// The number of pushes that were dropped because the client reads slowly.
    dropped: AtomicUsize,
    /// Set under the queue's lock, read without it: it is asked for after every message.
    closing: OnceLock<Box<CloseReason>>,
    bounds: Outbound,
    log: Arc<Log>,
}

/// The connection's view of its link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) end: End,
    /// Handlers are waited for no longer.
    pub(crate) is_aborted: bool,
}

/// The phase of a link's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Open,
    Closing,
    /// Nothing more is taken: the last packet, if any, is the kick.
    Sealed,
}

impl Outbox {
    pub(super) fn new(bounds: Outbound, log: Arc<Log>) -> Self {
        Self {
            queue: Mutex::new(Queue::default()),
            news: AtomicUsize::new(0),
            #[cfg(test)]
            puts: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            closing: OnceLock::new(),
            bounds,
            log,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No code of the application's runs under this lock: it cannot be left half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_queue<R>(&self, f: impl FnOnce(&mut Queue) -> R) -> R {
        let mut queue = self.queue();
        let before = queue.len();
        let result = f(&mut queue);
        if let Some(metrics) = self.log.metrics() {
            metrics.queue_changed(before, queue.len());
        }
        self.news.store(queue.len() << 1 | usize::from(queue.is_behind()), Ordering::Release);
        result
    }

    /// Takes the packet of a message.
    pub(super) fn put(
        &self,
        packet: Packet<'_>,
        class: Class,
        family: Family,
    ) -> Result<Sent, Refused> {
        #[cfg(test)]
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.with_queue(|queue| {
            if queue.is_sealed() || (class != Class::Owed && self.close_reason().is_some()) {
                return Err(Refused::Closed);
            }
            match queue.put(packet, class, self.bounds) {
                Put::Taken => Ok(Sent::Queued),
                Put::Dropped(count) => {
                    self.dropped.fetch_add(count, Ordering::Relaxed);
                    Ok(Sent::Dropped(count))
                }
                Put::Full => {
                    let reason = self.closing.get_or_init(|| Box::new(CloseReason::SlowConsumer));
                    queue.overflow(reason.kick(family).as_deref());
                    Err(Refused::Full { limit: self.bounds.limit })
                }
            }
        })
    }

    /// Takes a packet of the protocol itself.
    pub(super) fn control(&self, packet: &[u8]) {
        self.with_queue(|queue| queue.control(packet));
    }

    /// Takes a heartbeat, unless something waits: that shows life as well.
    pub(super) fn beat(&self, packet: &[u8]) {
        self.with_queue(|queue| {
            if queue.is_empty() {
                queue.control(packet);
            }
        });
    }

    /// Asks for the end of the session; `false` when somebody has already.
    pub(super) fn close(&self, reason: CloseReason) -> bool {
        let reason = Box::new(reason);
        self.with_queue(|queue| {
            let first = self.closing.set(reason).is_ok();
            if first {
                queue.notify();
            }
            first
        })
    }

    #[inline]
    pub(super) fn close_reason(&self) -> Option<&CloseReason> {
        self.closing.get().map(|reason| &**reason)
    }

    /// Ends the queue of a closing session, with the kick that the reason asks for.
    pub(super) fn seal(&self, family: Family, shows_end: bool) {
        if let Some(reason) = self.close_reason() {
            let kick = match shows_end {
                true => reason.kick(family),
                false => reason.kick_without_end(family),
            };
            self.with_queue(|queue| queue.seal(kick.as_deref()));
        }
    }

    /// Ends the queue with nothing.
    pub(super) fn discard(&self) {
        self.with_queue(Queue::discard);
    }

    /// Looks at what happened. With `batch`, what waits moves there.
    pub(super) fn look(&self, batch: Option<&mut Batch>) -> Look {
        self.with_queue(|queue| {
            queue.looked();
            if let Some(batch) = batch {
                queue.fill(batch);
            }
            let end = match self.close_reason() {
                _ if queue.is_sealed() => End::Sealed,
                Some(_) => End::Closing,
                None => End::Open,
            };
            Look { end, is_aborted: queue.is_aborted() }
        })
    }

    /// The number of bytes that wait.
    #[cfg(feature = "admin")]
    pub(super) fn queued(&self) -> usize {
        self.news.load(Ordering::Relaxed) >> 1
    }

    #[inline]
    pub(super) fn is_queued(&self) -> bool {
        self.news.load(Ordering::Acquire) >> 1 > 0
    }

    #[inline]
    pub(super) fn is_half_full(&self) -> bool {
        self.news.load(Ordering::Relaxed) >> 1 > self.bounds.limit / 2
    }

    #[inline]
    pub(super) fn has_news(&self) -> bool {
        self.news.load(Ordering::Acquire) > 0
    }

    /// Counts pushes that were dropped on a way past the queue.
    #[cfg(feature = "webtransport")]
    pub(super) fn count_dropped(&self, count: usize) {
        self.dropped.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed) as u64
    }

    /// Lets the connection's task sleep, unless something happened since it looked.
    pub(super) fn sleep(&self, cx: &Context<'_>) -> bool {
        self.queue().sleep(cx)
    }

    /// Counts the messages that are put from now on.
    pub(super) fn count_anew(&self) {
        self.with_queue(Queue::count_anew);
    }

    /// Returns `true` if more than so many messages were put since counting began, or more than so many bytes wait.
    pub(super) fn is_beyond(&self, messages: usize, bytes: usize) -> bool {
        self.with_queue(|queue| queue.count() > messages || queue.len() > bytes)
    }

    /// Wakes the connection's task, to look at the session again.
    pub(super) fn wake(&self) {
        self.with_queue(Queue::notify);
    }

    /// Asks that task to wait for handlers no longer.
    pub(super) fn abort(&self) {
        self.with_queue(Queue::abort);
    }
}

#[cfg(all(test, nano_loom))]
mod model;

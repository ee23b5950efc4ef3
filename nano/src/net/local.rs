//! The link to a client that is connected to this very node.
//!
//! Messages from other tasks wait in a queue, bounded in bytes, which wakes the connection's task. A message
//! that is sent while that task runs, such as the reply of a handler, goes straight to the bytes that it will
//! write next: see [`turn`].

mod absence;
mod presence;
mod queue;
mod turn;

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::Context;

use bytes::{Bytes, BytesMut};

use super::batch::Batch;
use crate::clock::{Clock, Visit, VisitKey};
use crate::session::CloseReason;
use crate::session::link::{Link, Refused, Sent};
use crate::wire::Wire;
use crate::wire::dialect::Dialect;
use crate::wire::frame;
use crate::wire::outgoing::{Framed, Outgoing};
use crate::wire::scratch::with_scratch;
use presence::Presence;
use queue::Queue;

pub(crate) use turn::{Turn, recycle};

/// The number of heartbeat intervals without a packet after which a client is gone. An idle client that beats one
/// interval after the server's beat, and does not count those in between, is heard at every second interval.
const SILENCE: u64 = 3;

/// The link to a client that is connected to this node, shared by its session and its connection.
pub(crate) struct Local {
    wire: Arc<Wire>,
    queue: Mutex<Queue>,
    /// The bytes that wait in the queue, which nothing may overtake. Written under the queue's lock.
    queued: AtomicUsize,
    /// Something happened since the connection looked. Written under the queue's lock.
    is_news: AtomicBool,
    /// The number of messages that the queue was asked to take.
    #[cfg(test)]
    pub(super) puts: AtomicUsize,
    /// Set under the queue's lock, read without it: it is asked for after every message.
    closing: OnceLock<Box<CloseReason>>,
    dialect: OnceLock<Dialect>,
    /// The most that may wait, in bytes.
    limit: usize,
    clock: Arc<Clock>,
    /// When a packet last came.
    last_seen: AtomicU64,
    /// Messages that have come are not looked at while a handler runs: silence is not the peer's fault.
    is_busy: AtomicBool,
    heartbeat: OnceLock<Heartbeat>,
    presence: Presence,
}

/// The heartbeat of a client whose handshake is complete.
#[derive(Debug)]
struct Heartbeat {
    key: VisitKey,
    /// In milliseconds.
    interval: u64,
    next: AtomicU64,
    visit: AtomicU64,
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

impl Local {
    pub(crate) fn new(wire: Arc<Wire>, clock: Arc<Clock>, limit: usize) -> Self {
        Self {
            wire,
            queue: Mutex::default(),
            queued: AtomicUsize::new(0),
            is_news: AtomicBool::new(false),
            #[cfg(test)]
            puts: AtomicUsize::new(0),
            closing: OnceLock::new(),
            dialect: OnceLock::new(),
            limit,
            last_seen: AtomicU64::new(clock.now()),
            clock,
            is_busy: AtomicBool::new(false),
            heartbeat: OnceLock::new(),
            presence: Presence::default(),
        }
    }

    pub(crate) fn wire(&self) -> &Arc<Wire> {
        &self.wire
    }

    #[inline]
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect.get().copied().unwrap_or(Dialect::NANO)
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        // The handshake happens once.
        let _ = self.dialect.set(dialect);
    }

    /// Notes that something came from the client.
    pub(crate) fn seen(&self) {
        self.last_seen.store(self.clock.now(), Ordering::Relaxed);
    }

    pub(crate) fn set_busy(&self, busy: bool) {
        if self.is_busy.load(Ordering::Relaxed) != busy {
            self.is_busy.store(busy, Ordering::Relaxed);
            // The time of the handler does not count as the client's silence.
            self.seen();
        }
    }

    /// Begins to send heartbeats, and to expect life, every `interval` milliseconds.
    pub(crate) fn start_heartbeat(self: &Arc<Self>, interval: u64) {
        let (key, next) = (self.clock.key(), self.clock.now() + interval);
        let (beat, visit) = (AtomicU64::new(next), AtomicU64::new(next));
        if self.heartbeat.set(Heartbeat { key, interval, next: beat, visit }).is_ok() {
            let visitor = Arc::downgrade(self) as Weak<dyn Visit>;
            self.clock.schedule(key, next, visitor);
        }
    }

    /// Ends the heartbeats, with the connection.
    pub(crate) fn stop_heartbeat(&self) {
        if let Some(Heartbeat { key, visit, .. }) = self.heartbeat.get() {
            self.clock.cancel(*key, visit.load(Ordering::Relaxed));
        }
    }

    /// Queues the answer to a handshake.
    pub(crate) fn handshake(&self, packet: &[u8]) {
        self.with_queue(|queue| queue.control(packet));
    }

    /// Ends the queue of a closing session, with the kick that the reason asks for.
    pub(crate) fn seal(&self) {
        if let Some(reason) = self.closing.get() {
            let kick = reason.kick(self.dialect().family);
            self.with_queue(|queue| queue.seal(kick.as_deref()));
        }
    }

    /// Ends the queue with nothing but what the transport has already: the peer is gone.
    pub(crate) fn discard(&self) {
        self.with_queue(Queue::discard);
    }

    /// Looks at what happened elsewhere. With `batch`, what waits moves there.
    pub(crate) fn look(&self, batch: Option<&mut Batch>) -> Look {
        self.with_queue(|queue| {
            queue.looked();
            if let Some(batch) = batch {
                queue.fill(batch);
            }
            let end = match self.closing.get() {
                _ if queue.is_sealed() => End::Sealed,
                Some(_) => End::Closing,
                None => End::Open,
            };
            Look { end, is_aborted: queue.is_aborted() }
        })
    }

    /// Begins the turn of this link on this thread: what is sent meanwhile is written next.
    pub(crate) fn turn(&self) -> Turn {
        Turn::begin(self)
    }

    #[inline]
    fn is_queued(&self) -> bool {
        self.queued.load(Ordering::Acquire) > 0
    }

    /// `true` if so much waits that some of it should be sent before more is added.
    #[inline]
    pub(crate) fn is_half_full(&self) -> bool {
        self.queued.load(Ordering::Relaxed) > self.limit / 2
    }

    /// `true` if there is something to look at. News that come at the same time may be missed: they are
    /// seen when the connection wants to sleep.
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        self.is_news.load(Ordering::Acquire) || self.queued.load(Ordering::Acquire) > 0
    }

    /// Lets the connection sleep, unless something happened since it looked.
    pub(crate) fn sleep(&self, cx: &Context<'_>) -> bool {
        self.queue().sleep(cx)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No code of the application's runs under this lock: it cannot be left half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_queue<R>(&self, f: impl FnOnce(&mut Queue) -> R) -> R {
        let mut queue = self.queue();
        let before = queue.len();
        let result = f(&mut queue);
        if let Some(metrics) = self.wire.log.metrics() {
            metrics.queue_changed(before, queue.len());
        }
        self.queued.store(queue.len(), Ordering::Release);
        self.is_news.store(queue.is_behind(), Ordering::Release);
        result
    }

    fn put(
        &self,
        len: usize,
        is_reply: bool,
        write: impl FnOnce(&mut Queue),
    ) -> Result<(), Refused> {
        #[cfg(test)]
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.with_queue(|queue| {
            if queue.is_sealed() || (!is_reply && self.is_closing()) {
                return Err(Refused::Closed);
            }
            if queue.len() + len > self.limit {
                let reason = self.closing.get_or_init(|| Box::new(CloseReason::SlowConsumer));
                let kick = reason.kick(self.dialect().family);
                queue.overflow(kick.as_deref());
                return Err(Refused::Full { limit: self.limit });
            }
            write(queue);
            Ok(())
        })
    }

    fn put_frame(&self, message: &Outgoing<'_>) -> Result<Sent, Refused> {
        with_scratch(|out| {
            let framed =
                message.frame(&self.wire, self.dialect(), out).map_err(Refused::Message)?;
            if framed == Framed::Withheld {
                return Ok(Sent::Withheld);
            }
            self.put(out.len(), message.is_reply(), |queue| queue.copy(out))?;
            Ok(Sent::Queued)
        })
    }

    fn put_shared(&self, packet: &Bytes, is_reply: bool) -> Result<Sent, Refused> {
        self.put(packet.len(), is_reply, |queue| queue.share(packet))?;
        Ok(Sent::Queued)
    }
}

impl Link for Local {
    fn send(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let is_reply = message.is_reply();
        if !is_reply && self.is_closing() {
            return Err(Refused::Closed);
        }
        // What waits in the queue must not be overtaken.
        let may_write = !self.is_queued();
        let dialect = self.dialect();
        if let Some(shared) = message.shared(&self.wire, dialect) {
            let packet = shared.map_err(Refused::Message)?;
            let append = |out: &mut BytesMut| {
                out.extend_from_slice(packet);
                Ok(Framed::Written)
            };
            if !may_write || turn::write(self, append).is_none() {
                return self.put_shared(packet, is_reply);
            }
            return Ok(Sent::Queued);
        }
        if may_write {
            let frame = |out: &mut BytesMut| message.frame(&self.wire, dialect, out);
            if let Some(framed) = turn::write(self, frame) {
                return match framed.map_err(Refused::Message)? {
                    Framed::Written => Ok(Sent::Queued),
                    Framed::Withheld => Ok(Sent::Withheld),
                };
            }
        }
        self.put_frame(message)
    }

    fn close(&self, reason: CloseReason) -> bool {
        let reason = Box::new(reason);
        self.with_queue(|queue| {
            let first = self.closing.set(reason).is_ok();
            if first {
                queue.notify();
            }
            first
        })
    }

    fn close_reason(&self) -> Option<CloseReason> {
        self.closing.get().map(|reason| CloseReason::clone(reason))
    }

    fn is_closing(&self) -> bool {
        self.closing.get().is_some()
    }

    fn is_lost(&self) -> bool {
        self.presence.is_lost()
    }

    fn wake(&self) {
        self.with_queue(Queue::notify);
    }

    fn abort(&self) {
        self.with_queue(Queue::abort);
    }
}

impl Visit for Local {
    /// Sends the heartbeat that is due, and ends a session from which nothing comes any more.
    fn visit(&self, now: u64) -> Option<u64> {
        let Heartbeat { interval, next, visit, .. } = self.heartbeat.get()?;
        if self.is_closing() {
            return None;
        }
        if self.is_lost() {
            return Some(now + interval);
        }
        let mut beat = next.load(Ordering::Relaxed);
        if now >= beat {
            beat += interval;
            next.store(beat, Ordering::Relaxed);
            // What waits already shows life as well.
            self.with_queue(|queue| {
                if queue.is_empty() {
                    queue.control(&frame::HEARTBEAT);
                }
            });
        }
        if self.is_busy.load(Ordering::Relaxed) {
            self.seen();
        }
        let gone = self.last_seen.load(Ordering::Relaxed) + SILENCE * interval;
        if now > gone && self.presence.fall_silent() {
            self.wake();
            return Some(now + interval);
        }
        if now > gone {
            self.close(CloseReason::HeartbeatTimeout);
            return None;
        }
        let due = beat.min(gone + 1);
        visit.store(due, Ordering::Relaxed);
        Some(due)
    }
}

#[cfg(test)]
mod tests;

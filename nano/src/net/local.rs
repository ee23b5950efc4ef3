//! The link to a client that is connected to this very node.
//!
//! Messages from other tasks wait in a queue, bounded in bytes, which wakes the connection's task. A message
//! that is sent while that task runs, such as the reply of a handler, goes straight to the bytes that it will
//! write next: see [`turn`].

mod absence;
#[cfg(feature = "webtransport")]
mod beside;
#[cfg(feature = "webtransport")]
mod datagrams;
mod droppable;
mod outbox;
mod packets;
mod presence;
mod queue;
mod turn;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::Context;

use bytes::BytesMut;

use super::batch::Batch;
use super::settings::Outbound;
use crate::clock::{Clock, Visit, VisitKey};
use crate::session::CloseReason;
use crate::session::link::{Link, Refused, Sent};
use crate::wire::Wire;
use crate::wire::class::Class;
use crate::wire::dialect::Dialect;
#[cfg(feature = "cluster")]
use crate::wire::dialect::Family;
use crate::wire::frame;
use crate::wire::outgoing::{Framed, Outgoing};
use crate::wire::scratch::with_scratch;
use outbox::Outbox;
use packets::Packet;
use presence::Presence;

pub(crate) use outbox::{End, Look};
pub(crate) use turn::{Turn, recycle};

/// The number of heartbeat intervals without a packet after which a client is gone. An idle client that beats one
/// interval after the server's beat, and does not count those in between, is heard at every second interval.
const SILENCE: u64 = 3;

/// The link to a client that is connected to this node, shared by its session and its connection.
pub(crate) struct Local {
    wire: Arc<Wire>,
    outbox: Outbox,
    dialect: OnceLock<Dialect>,
    clock: Arc<Clock>,
    /// Messages that have come are not looked at while a handler runs: silence is not the peer's fault.
    is_busy: AtomicBool,
    #[cfg(feature = "cluster")]
    has_left: AtomicBool,
    heartbeat: OnceLock<Heartbeat>,
    presence: Presence,
    #[cfg(feature = "webtransport")]
    datagrams: datagrams::Datagrams,
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

impl Local {
    pub(crate) fn new(wire: Arc<Wire>, clock: Arc<Clock>, bounds: Outbound) -> Self {
        Self {
            outbox: Outbox::new(bounds, wire.log.clone()),
            wire,
            dialect: OnceLock::new(),
            presence: Presence::new(clock.now()),
            clock,
            is_busy: AtomicBool::new(false),
            #[cfg(feature = "cluster")]
            has_left: AtomicBool::new(false),
            heartbeat: OnceLock::new(),
            #[cfg(feature = "webtransport")]
            datagrams: datagrams::Datagrams::default(),
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
        self.presence.hear(self.clock.now());
    }

    pub(crate) fn set_busy(&self, busy: bool) {
        if self.is_busy.load(Ordering::Relaxed) != busy {
            self.is_busy.store(busy, Ordering::Relaxed);
            // The time of the handler does not count as the client's silence.
            self.seen();
        }
    }

    /// Notes that the client has ended its side of the connection.
    pub(crate) fn left(&self) {
        // Only a cluster asks for it.
        #[cfg(feature = "cluster")]
        self.has_left.store(true, Ordering::Relaxed);
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
        self.outbox.control(packet);
    }

    /// Ends the queue of a closing session, with the kick that the reason asks for on a transport that shows its end, or
    /// does not.
    pub(crate) fn seal(&self, shows_end: bool) {
        self.outbox.seal(self.dialect().family, shows_end);
    }

    /// Ends the queue with nothing but what the transport has already: the peer is gone.
    pub(crate) fn discard(&self) {
        #[cfg(feature = "webtransport")]
        self.leave_datagrams();
        self.outbox.discard();
    }

    /// Looks at what happened elsewhere. With `batch`, what waits moves there.
    pub(crate) fn look(&self, batch: Option<&mut Batch>) -> Look {
        self.outbox.look(batch)
    }

    /// Begins the turn of this link on this thread: what is sent meanwhile is written next.
    pub(crate) fn turn(&self) -> Turn {
        Turn::begin(self)
    }

    /// `true` if so much waits that some of it should be sent before more is added.
    #[inline]
    pub(crate) fn is_half_full(&self) -> bool {
        self.outbox.is_half_full()
    }

    /// `true` if there is something to look at. News that come at the same time may be missed: they are
    /// seen when the connection wants to sleep.
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        self.outbox.has_news()
    }

    /// Lets the connection sleep, unless something happened since it looked.
    pub(crate) fn sleep(&self, cx: &Context<'_>) -> bool {
        self.outbox.sleep(cx)
    }

    /// Returns the number of messages that the queue was asked to take.
    #[cfg(all(test, feature = "testing"))]
    pub(super) fn puts(&self) -> usize {
        self.outbox.puts.load(Ordering::Relaxed)
    }

    fn put(&self, packet: Packet<'_>, class: Class) -> Result<Sent, Refused> {
        self.outbox.put(packet, class, self.dialect().family)
    }

    fn put_frame(&self, message: &Outgoing<'_>) -> Result<Sent, Refused> {
        with_scratch(|out| {
            let framed =
                message.frame(&self.wire, self.dialect(), out).map_err(Refused::Message)?;
            match framed {
                Framed::Withheld => Ok(Sent::Withheld),
                Framed::Written => self.put(Packet::Own(out), message.class()),
            }
        })
    }
}

impl Link for Local {
    fn send(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let class = message.class();
        if class != Class::Owed && self.is_closing() {
            return Err(Refused::Closed);
        }
        #[cfg(feature = "webtransport")]
        if let Some(sent) = self.send_datagram(message, class) {
            return sent;
        }
        // What waits in the queue must not be overtaken.
        let may_write = !self.outbox.is_queued();
        let dialect = self.dialect();
        if let Some(shared) = message.shared(&self.wire, dialect) {
            let packet = shared.map_err(Refused::Message)?;
            let append = |out: &mut BytesMut| {
                out.extend_from_slice(packet);
                Ok(Framed::Written)
            };
            if !may_write || turn::write(self, append).is_none() {
                return self.put(Packet::Shared(packet), class);
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
        self.outbox.close(reason)
    }

    fn close_reason(&self) -> Option<CloseReason> {
        self.outbox.close_reason().cloned()
    }

    fn is_closing(&self) -> bool {
        self.outbox.close_reason().is_some()
    }

    fn dropped(&self) -> u64 {
        self.outbox.dropped()
    }

    #[cfg(feature = "admin")]
    fn queued(&self) -> usize {
        self.outbox.queued()
    }

    fn is_lost(&self) -> bool {
        self.presence.status().is_lost()
    }

    #[cfg(feature = "cluster")]
    fn has_left(&self) -> bool {
        self.has_left.load(Ordering::Relaxed)
    }

    #[cfg(feature = "cluster")]
    fn is_native(&self) -> bool {
        self.dialect().family == Family::Native
    }

    fn wake(&self) {
        self.outbox.wake();
    }

    fn abort(&self) {
        self.outbox.abort();
    }
}

impl Visit for Local {
    /// Sends the heartbeat that is due, and ends a session from which nothing comes any more.
    fn visit(&self, now: u64) -> Option<u64> {
        let Heartbeat { interval, next, visit, .. } = self.heartbeat.get()?;
        if self.is_closing() {
            return None;
        }
        let status = self.presence.status();
        if status.is_lost() {
            // The beats of this time are not sent afterwards.
            next.store(now + interval, Ordering::Relaxed);
            visit.store(now + interval, Ordering::Relaxed);
            return Some(now + interval);
        }
        let mut beat = next.load(Ordering::Relaxed);
        if now >= beat {
            beat += interval;
            next.store(beat, Ordering::Relaxed);
            // What waits already shows life as well.
            self.outbox.beat(&frame::HEARTBEAT);
        }
        if self.is_busy.load(Ordering::Relaxed) {
            self.seen();
        }
        let gone = self.presence.seen() + SILENCE * interval;
        if now > gone && self.presence.fall_silent(status) {
            self.wake();
            visit.store(now + interval, Ordering::Relaxed);
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

//! The sending side of a conversation: the stream into segments, and again those that were lost.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use super::options::KcpOptions;
use super::packing::Packing;
use super::round_trip::RoundTrip;
use super::segment::{CHALLENGE_NUMBER, Command, Segment};

/// The bytes that are taken from the application beyond those that are under way.
const WAITING: usize = 64 * 1024;

/// The number of segments that there is room for while nothing is under way.
const KEPT: usize = 4;

/// The number of times that a segment is sent before the peer counts as gone.
const SENDS: u32 = 20;

/// The number of times that a segment is sent because later ones were confirmed without it.
const FAST_SENDS: u32 = 5;

/// The least time after which a segment counts as lost, in milliseconds, with `nodelay` and without.
const LEAST_TIMEOUT: (u32, u32) = (30, 100);

/// The wait before the peer is asked whether it has room again, in milliseconds. It grows up to the longest.
const FIRST_ASK: u32 = 500;
const LAST_ASK: u32 = 10_000;

/// The least number of segments at which the congestion window grows by the round trip.
const LEAST_THRESHOLD: u32 = 2;

/// The bytes of the stream, from the application to the peer's confirmation.
#[derive(Debug)]
pub(super) struct Sender {
    /// The bytes that are in no segment yet.
    waiting: BytesMut,
    /// The segments that are not confirmed, in order.
    flight: VecDeque<Flying>,
    /// The number of the first segment that is not confirmed.
    first: u32,
    window: u32,
    peer_window: u32,
    segment_len: usize,
    nodelay: bool,
    resend: u32,
    round_trip: RoundTrip,
    /// `None` without congestion control.
    congestion: Option<Congestion>,
    asking: Option<Asking>,
    is_dead: bool,
}

/// A segment that is under way.
#[derive(Debug)]
struct Flying {
    data: Bytes,
    is_confirmed: bool,
    /// When it was sent last.
    sent: u32,
    /// When it counts as lost.
    due: u32,
    timeout: u32,
    /// The number of acks of later segments since then.
    passed: u32,
    sends: u32,
}

/// The number of segments that the network seems to carry.
#[derive(Debug)]
struct Congestion {
    window: u32,
    threshold: u32,
    /// The acks towards the next segment.
    credit: u32,
}

/// The wait for the room of a peer that had none.
#[derive(Debug)]
struct Asking {
    due: u32,
    wait: u32,
}

impl Sender {
    pub(super) fn new(options: &KcpOptions, segment_len: usize) -> Self {
        let least = if options.nodelay { LEAST_TIMEOUT.0 } else { LEAST_TIMEOUT.1 };
        let (waiting, flight) = Default::default();
        Self {
            waiting,
            flight,
            first: 0,
            window: options.send_window.into(),
            // Until the peer tells its own.
            peer_window: options.send_window.into(),
            segment_len,
            nodelay: options.nodelay,
            resend: options.resend,
            round_trip: RoundTrip::new(least, options.interval.as_millis() as u32),
            congestion: options.congestion_control.then_some(Congestion {
                window: 1,
                threshold: options.send_window.into(),
                credit: 0,
            }),
            asking: None,
            is_dead: false,
        }
    }

    #[cfg(test)]
    pub(super) fn start_at(&mut self, number: u32) {
        self.first = number;
    }

    /// Takes bytes of the application, as many as there is room for, and returns their number.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        let len = bytes.len().min(self.room());
        self.waiting.extend_from_slice(&bytes[..len]);
        len
    }

    /// Returns the number of bytes that can be written.
    pub(super) fn room(&self) -> usize {
        WAITING - self.waiting.len()
    }

    /// Returns `true` if everything is confirmed.
    pub(super) fn is_idle(&self) -> bool {
        self.flight.is_empty() && self.waiting.is_empty()
    }

    /// Returns `true` if the peer confirms nothing any more.
    pub(super) fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// Returns `true` if bytes wait that could be under way.
    pub(super) fn is_held_up(&self) -> bool {
        !self.waiting.is_empty() && (self.flight.len() as u32) < self.most()
    }

    /// Returns the number of segments that may be under way.
    fn most(&self) -> u32 {
        let most = self.window.min(self.peer_window);
        self.congestion.as_ref().map_or(most, |congestion| most.min(congestion.window))
    }

    /// Returns the place of a segment among those that are under way.
    fn place(&self, number: u32) -> Option<usize> {
        let place = number.wrapping_sub(self.first) as usize;
        (place < self.flight.len()).then_some(place)
    }

    /// Takes in what each segment tells: the room of the peer, and the number up to which it has everything. Returns
    /// `true` if that is more than before.
    pub(super) fn told(&mut self, window: u16, received: u32) -> bool {
        self.peer_window = window.into();
        // A number of what was not sent is a lie, or an old one.
        let confirmed = received.wrapping_sub(self.first) as usize;
        if confirmed == 0 || confirmed > self.flight.len() {
            return false;
        }
        self.flight.drain(..confirmed);
        self.first = received;
        self.release();
        true
    }

    /// Takes in an ack. Returns `true` if it confirms the first segment that was not.
    pub(super) fn confirmed(&mut self, number: u32, sent: u32, now: u32) -> bool {
        // The time in the sign of a newcomer is no time.
        if number != CHALLENGE_NUMBER {
            self.round_trip.measured(now.wrapping_sub(sent));
        }
        let Some(place) = self.place(number) else { return false };
        let flying = &mut self.flight[place];
        flying.is_confirmed = true;
        flying.data = Bytes::new();
        let before = self.first;
        while self.flight.front().is_some_and(|flying| flying.is_confirmed) {
            self.flight.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        self.release();
        self.first != before
    }

    /// Leaves a conversation that waits with no more than a short message needs.
    fn release(&mut self) {
        if self.flight.is_empty() && self.flight.capacity() > KEPT {
            self.flight = VecDeque::new();
        }
    }

    /// Notes that all acks of a datagram are taken in: `number` is the latest, of a segment that was sent at `sent`.
    pub(super) fn passed(&mut self, number: u32, sent: u32) {
        let Some(place) = self.place(number) else { return };
        for flying in self.flight.iter_mut().take(place) {
            // An ack of a segment that was sent before says nothing about this one.
            let is_later = sent.wrapping_sub(flying.sent) <= u32::MAX / 2;
            if is_later && !flying.is_confirmed {
                flying.passed = flying.passed.saturating_add(1);
            }
        }
    }

    /// Notes that a datagram has confirmed something.
    pub(super) fn advanced(&mut self) {
        if let Some(congestion) = &mut self.congestion {
            congestion.grow(self.window);
        }
    }

    /// Sends what may be sent, and again what counts as lost.
    pub(super) fn flush(&mut self, base: Segment<'_>, now: u32, out: &mut Packing<'_>) {
        if self.is_dead {
            return;
        }
        if self.asks(now) {
            out.add(&Segment { command: Command::Ask, ..base });
        }
        let most = self.most();
        while (self.flight.len() as u32) < most && !self.waiting.is_empty() {
            let len = self.waiting.len().min(self.segment_len);
            let data = self.waiting.split_to(len).freeze();
            self.flight.push_back(Flying::new(data));
        }
        if self.waiting.is_empty() {
            // A conversation that waits holds no buffer.
            self.waiting = BytesMut::new();
        }
        let under_way = self.flight.len() as u32;
        let (mut is_late, mut was_passed) = (false, false);
        for (place, flying) in self.flight.iter_mut().enumerate() {
            if flying.is_confirmed {
                continue;
            }
            if flying.sends == 0 {
                let slack = if self.nodelay { 0 } else { self.round_trip.timeout() / 8 };
                flying.timeout = self.round_trip.timeout();
                flying.due = now.wrapping_add(flying.timeout + slack);
            } else if now.wrapping_sub(flying.due) <= u32::MAX / 2 {
                if flying.sends == SENDS {
                    self.is_dead = true;
                    break;
                }
                flying.timeout = self.round_trip.longer(flying.timeout, self.nodelay);
                flying.due = now.wrapping_add(flying.timeout);
                is_late = true;
            } else if self.resend > 0 && flying.passed >= self.resend && flying.sends <= FAST_SENDS
            {
                flying.due = now.wrapping_add(flying.timeout);
                was_passed = true;
            } else {
                continue;
            }
            flying.passed = 0;
            flying.sent = now;
            flying.sends += 1;
            let number = self.first.wrapping_add(place as u32);
            let data = &flying.data[..];
            out.add(&Segment { command: Command::Push, time: now, number, data, ..base });
        }
        if let Some(congestion) = &mut self.congestion {
            congestion.shrink(under_way, is_late, was_passed, self.resend);
        }
    }

    /// Returns `true` if the peer, which had no room, is to be asked for it.
    fn asks(&mut self, now: u32) -> bool {
        if self.peer_window > 0 || self.waiting.is_empty() {
            self.asking = None;
            return false;
        }
        let first = || Asking { due: now.wrapping_add(FIRST_ASK), wait: FIRST_ASK };
        let asking = self.asking.get_or_insert_with(first);
        let is_due = now.wrapping_sub(asking.due) <= u32::MAX / 2;
        if is_due {
            asking.wait = (asking.wait + asking.wait / 2).min(LAST_ASK);
            asking.due = now.wrapping_add(asking.wait);
        }
        is_due
    }
}

impl Flying {
    fn new(data: Bytes) -> Self {
        let (sent, due, timeout, passed, sends) = Default::default();
        Self { data, is_confirmed: false, sent, due, timeout, passed, sends }
    }
}

impl Congestion {
    /// Grows by one for each ack up to the threshold, then by one for each round trip.
    fn grow(&mut self, most: u32) {
        self.credit += 1;
        if self.window < self.threshold || self.credit >= self.window {
            self.credit = 0;
            self.window = (self.window + 1).min(most);
        }
    }

    fn shrink(&mut self, under_way: u32, is_late: bool, was_passed: bool, resend: u32) {
        if !is_late && !was_passed {
            return;
        }
        self.threshold = (under_way / 2).max(LEAST_THRESHOLD);
        self.window = if is_late { 1 } else { self.threshold.saturating_add(resend) };
        self.credit = 0;
    }
}

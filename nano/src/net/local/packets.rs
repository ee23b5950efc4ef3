//! The packets that wait for one connection, in order, and the room for them.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use super::droppable::{Droppable, KEPT, Kind, Numbered, cost};
use super::turn::recycle;
use crate::net::batch::{self, Batch};
use crate::net::settings::{Outbound, SlowConsumers};
use crate::wire::class::Class;

/// The length from which on copied packets become a segment, so that a long queue is handed over in
/// batches, and grows without moving what waits already.
pub(super) const SEGMENT: usize = 16 * 1024;

/// The first room for copied packets: that of a burst of pushes, which would grow it in many steps.
const FIRST: usize = 1024;

/// The packets that wait.
#[derive(Debug, Default)]
pub(super) struct Packets {
    /// The packets in front of the tail. Created by the first that needs it: most links never have a long queue.
    front: Option<Box<Front>>,
    /// Copied packets that are never dropped, behind all others.
    tail: BytesMut,
    len: usize,
}

/// The packets in front of the tail, each line in the order of its numbers.
#[derive(Debug, Default)]
struct Front {
    next: u64,
    /// Whole packets that are never dropped.
    kept: VecDeque<Numbered>,
    /// Created by the first push that may be dropped.
    droppable: Option<Box<Droppable>>,
}

/// A packet on its way into the queue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packet<'a> {
    Own(&'a [u8]),
    /// Its memory is shared with other sessions.
    Shared(&'a Bytes),
}

/// The outcome of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Taken,
    /// So many pushes were dropped, this one perhaps among them.
    Dropped(usize),
    /// There is no room, and none could be made.
    Full,
}

impl Packet<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }

    /// Returns the packet with memory of its own.
    fn keep(self) -> Bytes {
        match self {
            Self::Own(bytes) => Bytes::copy_from_slice(bytes),
            Self::Shared(bytes) => bytes.clone(),
        }
    }
}

impl Front {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn keep(&mut self, packets: Bytes) {
        let number = self.number();
        self.kept.push_back((number, packets));
    }

    fn droppable(&mut self) -> Option<&mut Droppable> {
        self.droppable.as_deref_mut()
    }

    /// Returns `true` if it holds more memory than an idle connection should.
    fn is_large(&self) -> bool {
        let droppable = self.droppable.as_deref();
        self.kept.capacity() > KEPT || droppable.is_some_and(Droppable::is_large)
    }

    /// Takes what waits longest, and the bytes that it counts as.
    fn pop(&mut self) -> Option<(Bytes, usize)> {
        let kept = self.kept.front().map(|(number, _)| *number);
        let droppable = self.droppable().and_then(|droppable| droppable.first());
        if droppable.is_some_and(|droppable| kept.is_none_or(|kept| droppable < kept)) {
            let packet = self.droppable()?.pop()?;
            let cost = cost(&packet);
            return Some((packet, cost));
        }
        self.kept.pop_front().map(|(_, packets)| {
            let len = packets.len();
            (packets, len)
        })
    }
}

impl Packets {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Takes the packet of a message, unless it has no room and none can be made.
    pub(super) fn put(&mut self, packet: Packet<'_>, class: Class, bounds: Outbound) -> Put {
        let Some(kind) = Self::kind(class, bounds.slow_consumers) else {
            return self.put_kept(packet, class, bounds);
        };
        if kind == Kind::Lossy && self.len > bounds.limit / 2 {
            return Put::Dropped(1);
        }
        let cost = cost(packet.bytes());
        let mut dropped = 0;
        loop {
            let replaced = self.replaced(kind);
            let len = self.len - replaced.unwrap_or(0) + cost;
            if len <= bounds.limit {
                self.len = len;
                self.keep(kind, replaced.is_some(), packet.keep());
                return if dropped == 0 { Put::Taken } else { Put::Dropped(dropped) };
            }
            if self.drop_one(class, bounds.slow_consumers) {
                dropped += 1;
                continue;
            }
            let is_owed = kind != Kind::Lossy && bounds.slow_consumers == SlowConsumers::Disconnect;
            return if is_owed { Put::Full } else { Put::Dropped(dropped + 1) };
        }
    }

    /// Returns the kind of a message that may be dropped.
    fn kind(class: Class, slow_consumers: SlowConsumers) -> Option<Kind> {
        match class {
            Class::Owed => None,
            Class::Reliable => {
                (slow_consumers == SlowConsumers::DropOldest).then_some(Kind::Reliable)
            }
            Class::Latest(key) => Some(Kind::Latest(key)),
            Class::Lossy => Some(Kind::Lossy),
        }
    }

    fn put_kept(&mut self, packet: Packet<'_>, class: Class, bounds: Outbound) -> Put {
        let mut dropped = 0;
        while self.len + packet.bytes().len() > bounds.limit {
            if !self.drop_one(class, bounds.slow_consumers) {
                return Put::Full;
            }
            dropped += 1;
        }
        match packet {
            Packet::Shared(packet) if packet.len() > batch::INLINE => {
                self.cut();
                self.len += packet.len();
                self.front.get_or_insert_default().keep(packet.clone());
            }
            packet => self.append(packet.bytes()),
        }
        if dropped == 0 { Put::Taken } else { Put::Dropped(dropped) }
    }

    fn replaced(&mut self, kind: Kind) -> Option<usize> {
        let Kind::Latest(key) = kind else { return None };
        self.front.as_mut()?.droppable()?.replaced(key)
    }

    fn keep(&mut self, kind: Kind, is_replacing: bool, packet: Bytes) {
        if !is_replacing {
            self.cut();
        }
        let front = &mut **self.front.get_or_insert_default();
        match kind {
            Kind::Latest(key) if is_replacing => {
                front.droppable.get_or_insert_default().replace(key, packet);
            }
            kind => {
                let number = front.number();
                front.droppable.get_or_insert_default().push(kind, number, packet);
            }
        }
    }

    /// Makes room for a message of `class`. Returns `false` when there is nothing that it goes before.
    fn drop_one(&mut self, class: Class, slow_consumers: SlowConsumers) -> bool {
        let Some(droppable) = self.front.as_mut().and_then(|front| front.droppable()) else {
            return false;
        };
        let may_drop_oldest = slow_consumers == SlowConsumers::DropOldest;
        let dropped = match class {
            Class::Lossy => None,
            Class::Latest(_) if may_drop_oldest => {
                droppable.drop_lossy().or_else(|| droppable.drop_latest())
            }
            Class::Owed | Class::Reliable if may_drop_oldest => droppable
                .drop_lossy()
                .or_else(|| droppable.drop_latest())
                .or_else(|| droppable.drop_reliable()),
            _ => droppable.drop_lossy(),
        };
        self.len -= dropped.unwrap_or(0);
        dropped.is_some()
    }

    /// Takes a packet that has no limit, and is never dropped.
    pub(super) fn append(&mut self, packet: &[u8]) {
        if self.tail.len() >= SEGMENT {
            self.cut();
        }
        if self.tail.capacity() == 0 {
            self.tail.reserve(FIRST);
        }
        self.tail.extend_from_slice(packet);
        self.len += packet.len();
    }

    /// Makes a segment of the copied packets, behind which others may be added.
    fn cut(&mut self) {
        if self.tail.is_empty() {
            return;
        }
        let packets = if self.tail.len() <= batch::INLINE {
            // A few packets between others do not keep the room for many.
            let packets = Bytes::copy_from_slice(&self.tail);
            self.tail.clear();
            packets
        } else {
            std::mem::take(&mut self.tail).freeze()
        };
        self.front.get_or_insert_default().keep(packets);
    }

    /// Moves what waits to the connection, as much as one batch takes.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        while !batch.is_full() {
            match self.front.as_mut().and_then(|front| front.pop()) {
                Some((packets, cost)) => {
                    batch.push(packets);
                    self.len -= cost;
                }
                None if self.tail.is_empty() => break,
                None => {
                    self.len -= self.tail.len();
                    // An idle connection holds no buffer.
                    if let Some(unused) = batch.take_over(std::mem::take(&mut self.tail)) {
                        recycle(unused);
                    }
                }
            }
        }
        if self.len == 0 && self.front.as_ref().is_some_and(|front| front.is_large()) {
            self.front = None;
        }
    }
}

#[cfg(test)]
mod tests;

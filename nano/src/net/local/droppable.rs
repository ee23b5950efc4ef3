//! The waiting pushes that may be dropped, or replaced, while their client reads slowly.
//!
//! Each kind has a line of its own, so that its oldest is found at once; the order among the lines is kept by numbers.
//! Every operation takes the same time, however many wait.

use std::collections::VecDeque;

use bytes::Bytes;
use rustc_hash::FxHashMap;

/// The bytes that a small packet counts as: what its place in the line takes.
const LEAST: usize = 64;

/// The longest empty line that is kept for the next pushes.
pub(super) const KEPT: usize = 64;

/// Returns the bytes that a packet counts as.
pub(super) fn cost(packet: &[u8]) -> usize {
    packet.len().max(LEAST)
}

/// A packet, and its number in the order of all that wait.
pub(super) type Numbered = (u64, Bytes);

/// The kind of a push that may be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Lossy,
    Latest(u64),
    Reliable,
}

/// The pushes that wait and may be dropped.
#[derive(Debug, Default)]
pub(super) struct Droppable {
    lossy: VecDeque<Numbered>,
    latest: Latest,
    reliable: VecDeque<Numbered>,
}

/// The pushes that newer ones replace in their place.
#[derive(Debug, Default)]
struct Latest {
    line: VecDeque<(u64, Numbered)>,
    /// The number of pushes that have left the line at its front.
    left: u64,
    /// The place of each key in the line, counted from its beginning.
    places: FxHashMap<u64, u64>,
}

impl Latest {
    fn find(&mut self, key: u64) -> Option<&mut Bytes> {
        let place = self.places.get(&key)?.checked_sub(self.left)?;
        let (_, (_, packet)) = self.line.get_mut(usize::try_from(place).ok()?)?;
        Some(packet)
    }

    fn push(&mut self, key: u64, number: u64, packet: Bytes) {
        self.places.insert(key, self.left + self.line.len() as u64);
        self.line.push_back((key, (number, packet)));
    }

    fn pop(&mut self) -> Option<Bytes> {
        let (key, (_, packet)) = self.line.pop_front()?;
        self.left += 1;
        self.places.remove(&key);
        Some(packet)
    }
}

impl Droppable {
    /// Returns the bytes of the push that one with this key would replace.
    pub(super) fn replaced(&mut self, key: u64) -> Option<usize> {
        self.latest.find(key).map(|packet| cost(packet))
    }

    /// Takes the place of the push with this key.
    pub(super) fn replace(&mut self, key: u64, packet: Bytes) {
        if let Some(older) = self.latest.find(key) {
            *older = packet;
        }
    }

    pub(super) fn push(&mut self, kind: Kind, number: u64, packet: Bytes) {
        match kind {
            Kind::Lossy => self.lossy.push_back((number, packet)),
            Kind::Latest(key) => self.latest.push(key, number, packet),
            Kind::Reliable => self.reliable.push_back((number, packet)),
        }
    }

    /// Drops the oldest lossy push, and returns the bytes that it counted as.
    pub(super) fn drop_lossy(&mut self) -> Option<usize> {
        self.lossy.pop_front().map(|(_, packet)| cost(&packet))
    }

    /// Drops the oldest of the pushes that newer ones replace.
    pub(super) fn drop_latest(&mut self) -> Option<usize> {
        self.latest.pop().map(|packet| cost(&packet))
    }

    pub(super) fn drop_reliable(&mut self) -> Option<usize> {
        self.reliable.pop_front().map(|(_, packet)| cost(&packet))
    }

    /// Returns the number of the first push in the order of all.
    pub(super) fn first(&self) -> Option<u64> {
        self.fronts().into_iter().flatten().min()
    }

    /// Takes the first push in the order of all.
    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let first = self.first();
        let [lossy, latest, _] = self.fronts().map(|front| front == first);
        match (lossy, latest) {
            (true, _) => self.lossy.pop_front().map(|(_, packet)| packet),
            (_, true) => self.latest.pop(),
            _ => self.reliable.pop_front().map(|(_, packet)| packet),
        }
    }

    fn fronts(&self) -> [Option<u64>; 3] {
        let number = |front: Option<&Numbered>| front.map(|(number, _)| *number);
        [
            number(self.lossy.front()),
            number(self.latest.line.front().map(|(_, numbered)| numbered)),
            number(self.reliable.front()),
        ]
    }

    /// Returns `true` if it holds more memory than an idle connection should.
    pub(super) fn is_large(&self) -> bool {
        let lines = [self.lossy.capacity(), self.latest.line.capacity(), self.reliable.capacity()];
        lines.into_iter().max() > Some(KEPT)
    }
}

//! Numbers that look random, the same for each run of a seed.

use std::time::Duration;

use crate::cluster::rendezvous;

pub(super) struct Dice {
    seed: u64,
    rolls: u32,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, rolls: 0 }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.rolls += 1;
        rendezvous::weight(self.seed, self.rolls)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.number() % sides as u64).expect("less than sides")
    }

    pub(super) fn millis(&mut self, from: usize, to: usize) -> Duration {
        Duration::from_millis((from + self.roll(to - from)) as u64)
    }

    /// Puts a list into another order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.roll(end + 1));
        }
    }
}

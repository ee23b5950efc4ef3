//! The load of a node, by which calls are placed.

use std::sync::atomic::{AtomicU32, Ordering};

/// The load of a node: the sessions that it had when it told last, and the calls that were placed there since, each of which
/// may bring one.
#[derive(Debug, Default)]
pub(super) struct Load {
    told: AtomicU32,
    placed: AtomicU32,
}

impl Load {
    /// Notes the sessions that the node has.
    pub(super) fn tell(&self, sessions: u32) {
        self.told.store(sessions, Ordering::Relaxed);
        self.placed.store(0, Ordering::Relaxed);
    }

    /// Notes a call that is placed there.
    pub(super) fn place(&self) {
        self.placed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        let [told, placed] =
            [&self.told, &self.placed].map(|part| u64::from(part.load(Ordering::Relaxed)));
        told + placed
    }
}

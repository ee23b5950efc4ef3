//! The presence of a client: the time at which it was heard last, and whether it may come back when its connection is
//! lost.

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// The presence of a client, which its connection and the clock's visits share.
#[derive(Debug)]
pub(super) struct Presence {
    /// The state in the lowest bits, and above them the number of returns.
    status: AtomicU32,
    /// When something came last.
    seen: AtomicU64,
}

/// The client never comes back: its session ends with the connection.
const FINAL: u32 = 0;
const PRESENT: u32 = 1;
/// Nothing came from the client for too long.
const SILENT: u32 = 2;
/// The session has no connection.
const LOST: u32 = 3;

/// The bits of the state.
const STATE: u32 = 3;

/// The state of a client at some moment: a client that comes back has another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status(u32);

impl Status {
    fn state(self) -> u32 {
        self.0 & STATE
    }

    fn with(self, state: u32) -> u32 {
        self.0 & !STATE | state
    }

    pub(super) fn is_lost(self) -> bool {
        self.state() == LOST
    }
}

impl Presence {
    pub(super) fn new(now: u64) -> Self {
        Self { status: AtomicU32::new(FINAL), seen: AtomicU64::new(now) }
    }

    /// Notes that something came.
    #[inline]
    pub(super) fn hear(&self, now: u64) {
        self.seen.store(now, Ordering::Relaxed);
    }

    /// When something came last. Whoever judges by it reads the status first.
    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Notes that the client is there, and may come back when its connection is lost.
    pub(super) fn set_present(&self, now: u64) {
        // Before the status: who reads that in between would take the time of the absence for silence.
        self.hear(now);
        let next = self.status().0.wrapping_add(STATE + 1);
        // As a swap, it is before the mark of a visit, which fails then, or overwrites it.
        self.status.swap(Status(next).with(PRESENT), Ordering::Release);
    }

    pub(super) fn set_lost(&self) {
        // All bits of the state.
        self.status.fetch_or(LOST, Ordering::Relaxed);
    }

    pub(super) fn status(&self) -> Status {
        Status(self.status.load(Ordering::Acquire))
    }

    pub(super) fn is_silent(&self) -> bool {
        self.status().state() == SILENT
    }

    /// Notes that a client of this status is silent, unless it was lost or came back since; returns `false` if silence is
    /// the end of its session.
    pub(super) fn fall_silent(&self, status: Status) -> bool {
        let order = Ordering::Relaxed;
        if status.state() == PRESENT {
            let _ = self.status.compare_exchange(status.0, status.with(SILENT), order, order);
        }
        status.state() != FINAL
    }
}

#[cfg(all(test, nano_loom))]
mod model;

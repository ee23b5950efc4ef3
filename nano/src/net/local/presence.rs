//! The presence of a client that may come back when its connection is lost.

use std::sync::atomic::{AtomicU8, Ordering};

/// The presence of a client. It costs a byte for clients that never come back.
#[derive(Debug, Default)]
pub(super) struct Presence(AtomicU8);

/// The client never comes back: its session ends with the connection.
const FINAL: u8 = 0;
const PRESENT: u8 = 1;
/// Nothing came from the client for too long.
const SILENT: u8 = 2;
/// The session has no connection.
const LOST: u8 = 3;

impl Presence {
    pub(super) fn set_present(&self) {
        self.0.store(PRESENT, Ordering::Relaxed);
    }

    pub(super) fn set_lost(&self) {
        self.0.store(LOST, Ordering::Relaxed);
    }

    pub(super) fn is_silent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == SILENT
    }

    pub(super) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed) == LOST
    }

    /// Notes that the client is silent; returns `false` if that is the end of its session.
    pub(super) fn fall_silent(&self) -> bool {
        let order = Ordering::Relaxed;
        let _ = self.0.compare_exchange(PRESENT, SILENT, order, order);
        self.0.load(order) != FINAL
    }
}

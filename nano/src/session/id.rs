//! The ids of sessions.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};

/// The id of a session: unique across all nodes without configuration.
///
/// Its upper half is drawn at random when the app starts, so two processes with equal pids, as all
/// containers have, do not collide. It fits a signed 64-bit integer, as Go nano's does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// Returns the id as a number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Returns the id that this number is, which may be nobody's.
    #[cfg(feature = "admin")]
    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.0)
    }
}

/// Gives out session ids.
#[derive(Debug)]
pub(crate) struct SessionIds {
    node: u64,
    next: AtomicU32,
}

impl SessionIds {
    pub(crate) fn new() -> Self {
        // The standard library seeds its hasher from the system's randomness.
        let node = RandomState::new().build_hasher().finish() & 0x7fff_ffff;
        Self { node, next: AtomicU32::new(1) }
    }

    pub(crate) fn next(&self) -> SessionId {
        SessionId(self.node << 32 | u64::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }
}

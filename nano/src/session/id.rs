//! The ids of sessions.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(feature = "cluster")]
use std::sync::{Arc, atomic::AtomicU64};

use crate::random;

/// The id of a session: unique across all nodes without configuration.
///
/// Its upper half is drawn at random when the app starts, so two processes with equal pids, as all
/// containers have, do not collide. It fits a signed 64-bit integer, as Go nano's does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// The id of no session.
    pub(super) const NOBODY: Self = Self(0);

    /// Returns the id as a number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Returns `true` if the session is one of a cluster, and its client may be connected to another node.
    pub(crate) fn is_of_cluster(self) -> bool {
        cfg!(feature = "cluster") && self.0 & OF_NODE != 0
    }

    /// Returns the id that this number is, which may be nobody's.
    #[cfg(any(feature = "admin", feature = "cluster"))]
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
pub(crate) enum SessionIds {
    /// Of an app that knows no other nodes.
    Alone { node: u64, next: AtomicU32 },
    /// Of a node of a cluster, whose number they carry.
    #[cfg(feature = "cluster")]
    OfNode { number: Arc<AtomicU32>, next: AtomicU64 },
}

/// The bit that no id of Go nano has before the year 2045.
const OF_NODE: u64 = 1 << 62;

/// The bits of an id that count the sessions of one node.
#[cfg(feature = "cluster")]
const COUNTER: u32 = 36;

#[cfg(feature = "cluster")]
impl SessionId {
    /// Returns the number of the node whose client the session is; `None` outside of clusters.
    pub(crate) fn node(self) -> Option<u32> {
        (self.0 & OF_NODE != 0).then_some(((self.0 & !OF_NODE) >> COUNTER) as u32)
    }

    /// Returns the part of the id that counts the sessions of one node.
    pub(crate) fn counter(self) -> u64 {
        self.0 & ((1 << COUNTER) - 1)
    }

    /// Returns the id of a session of a node; the counter of a peer may have too many bits.
    pub(crate) fn of_node(node: u32, counter: u64) -> Self {
        Self(OF_NODE | u64::from(node) << COUNTER | counter & ((1 << COUNTER) - 1))
    }
}

impl SessionIds {
    pub(crate) fn new() -> Self {
        // Without the bit that ids of nodes have.
        let node = random::number() & 0x3fff_ffff;
        Self::Alone { node, next: AtomicU32::new(1) }
    }

    /// Ids of the node with this number, of 26 bits, which it may change. The counter begins at random: a node of a fixed
    /// number that starts again does not give the ids of its last start.
    #[cfg(feature = "cluster")]
    pub(crate) fn of_node(number: Arc<AtomicU32>) -> Self {
        Self::OfNode { number, next: AtomicU64::new(random::number()) }
    }

    pub(crate) fn next(&self) -> SessionId {
        match self {
            Self::Alone { node, next } => {
                SessionId(node << 32 | u64::from(next.fetch_add(1, Ordering::Relaxed)))
            }
            #[cfg(feature = "cluster")]
            Self::OfNode { number, next } => {
                let number = number.load(Ordering::Relaxed);
                SessionId::of_node(number, next.fetch_add(1, Ordering::Relaxed))
            }
        }
    }
}

//! The note of a gate, which is another node, beside a message of its client.

use std::time::Duration;

/// The note of a gate beside a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromGate {
    /// The number of the message at the gate, which is told when its handler has ended.
    #[cfg(feature = "cluster")]
    pub(crate) message: u64,
    /// The time that is left for the message.
    pub(crate) left: Duration,
    /// The gate has checked the policy of the route. Gates of Go nano do not know it.
    pub(crate) is_checked: bool,
}

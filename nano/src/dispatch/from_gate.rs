//! What a gate, which is another node, tells beside a message of its client.

use std::time::Duration;

/// What a gate tells beside a message.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "there are no gates"))]
pub(crate) struct FromGate {
    /// The time that is left for the message.
    pub(crate) left: Duration,
    /// The gate has checked the policy of the route. Gates of Go nano do not know it.
    pub(crate) is_checked: bool,
}

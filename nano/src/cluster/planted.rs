//! Faults that are planted in this code, one at a time: the simulation has to find each.

use std::cell::Cell;

/// All of them, each with its place.
pub(super) const PLANTED: [(&str, &str); 11] = [
    ("lost-closed", "a node does not hear that a session has ended"),
    ("doubled-answer", "a node answers twice"),
    ("unchecked-lease", "a node handles messages without a lease"),
    ("late-patch", "a change of a session's data comes behind the reply"),
    ("reused-number", "a master that was restarted forgets the highest number"),
    ("stale-route", "messages go to a node that takes no more"),
    ("lost-done", "a node does not tell that a handler has ended"),
    ("revived-proxy", "a call opens a session that has ended, and nobody says so"),
    ("outliving-claim", "a name outlives its node"),
    ("stolen-claim", "the end of an older session frees the user of the newer one"),
    ("lost-exit", "a node does not hear that a session leaves its room"),
];

thread_local! {
    static CURRENT: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Plants a fault on this thread, or none.
pub(super) fn plant(fault: Option<&'static str>) {
    CURRENT.set(fault);
}

/// Returns `true` if this fault is planted.
pub(super) fn is(fault: &str) -> bool {
    debug_assert!(PLANTED.iter().any(|(name, _)| *name == fault), "{fault} is none of them");
    CURRENT.get() == Some(fault)
}

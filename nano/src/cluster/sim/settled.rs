//! What may be so for a moment while nothing fails, and not for long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The time within which the nodes agree again when all see all. A session that is closed, at its gate and elsewhere, ends
/// after its last handler, which is given three seconds.
const LONG: Duration = Duration::from_secs(4);

/// What was odd at the last look, and since when.
#[derive(Default)]
pub(super) struct Settled(BTreeMap<String, Duration>);

impl Settled {
    /// Forgets what was odd: something fails, and much may be so meanwhile.
    pub(super) fn fails(&mut self) {
        self.0.clear();
    }

    /// Notes what is odd now, and returns what has been so for long.
    pub(super) fn look(&mut self, now: Duration, odd: BTreeSet<String>) -> Option<String> {
        self.0.retain(|what, _| odd.contains(what));
        for what in odd {
            self.0.entry(what).or_insert(now);
        }
        let lasting = self.0.iter().find(|(_, since)| now - **since > LONG);
        lasting.map(|(what, since)| format!("{what}, since {since:?}"))
    }
}

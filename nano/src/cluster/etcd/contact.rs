//! The time since etcd has answered: whose fault the end of a lease is.

use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::master::LEASE;

/// The time without an answer after which leases may have ended because etcd was away.
const AWAY: Duration = Duration::from_secs(2);

/// The answers of etcd to this node. After a time without any, leases of nodes that are alive have ended with others:
/// for as long as a lease lasts, no node counts as gone, and each may come back under its number.
#[derive(Debug)]
pub(super) struct Contact {
    answered: Instant,
    /// Something was asked since then, and not answered. A node that was stopped itself has asked nothing.
    has_failed: bool,
    settles_until: Option<Instant>,
    revision: i64,
}

impl Contact {
    pub(super) fn new(now: Instant) -> Self {
        Self { answered: now, has_failed: false, settles_until: None, revision: 0 }
    }

    /// Notes an answer.
    pub(super) fn answered(&mut self, now: Instant) {
        if self.has_failed && now.saturating_duration_since(self.answered) > AWAY {
            self.settles_until = Some(now + LEASE);
        }
        (self.answered, self.has_failed) = (now, false);
    }

    /// Returns the highest revision of the store that was seen.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    /// Notes the revision in an answer to what was asked when `known` had been seen. A lower one is that of a store which
    /// has forgotten something, if not all.
    pub(super) fn revised(&mut self, revision: i64, known: i64, now: Instant) {
        if revision < known {
            (self.settles_until, self.revision) = (Some(now + LEASE), revision);
        }
        self.revision = self.revision.max(revision);
    }

    /// Notes that etcd did not answer.
    pub(super) fn failed(&mut self) {
        self.has_failed = true;
    }

    /// The time until which no node counts as gone; `None` when it has passed.
    pub(super) fn settles_until(&mut self, now: Instant) -> Option<Instant> {
        self.settles_until = self.settles_until.filter(|until| *until > now);
        self.settles_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_that_end_while_etcd_is_away_are_nobodys_fault() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut contact = Contact::new(start);
        contact.answered(at(1));
        contact.failed();
        contact.answered(at(2));
        assert_eq!(contact.settles_until(at(2)), None, "one call is no outage");
        // This process was stopped.
        contact.answered(at(60));
        assert_eq!(contact.settles_until(at(60)), None);
        contact.failed();
        contact.answered(at(63));
        assert_eq!(contact.settles_until(at(67)), Some(at(68)));
        assert_eq!(contact.settles_until(at(68)), None);

        contact.revised(7, 0, at(68));
        // Asked before that, and answered later.
        contact.revised(6, 5, at(68));
        assert_eq!((contact.revision(), contact.settles_until(at(68))), (7, None));
        // It was wiped, or restored.
        contact.revised(2, 7, at(69));
        assert_eq!((contact.revision(), contact.settles_until(at(69))), (2, Some(at(74))));
    }
}

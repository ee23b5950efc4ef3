//! The lease of this node, which it must have to handle what other nodes send.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// The time after a renewal was sent for which the node goes on without asking. It is shorter than the time for which the
/// registry waits for the next one.
pub(super) const STANDS: Duration = Duration::from_secs(4);

/// The time at which the lease lapses. A process that was stopped finds it lapsed when it goes on.
#[derive(Debug)]
pub(super) struct Lease {
    start: Instant,
    /// In milliseconds since the start.
    until: AtomicU64,
    /// Another node says that this one is no member any more.
    is_disputed: AtomicBool,
    /// Somebody waits for it.
    wanted: Notify,
    renewed: watch::Sender<()>,
}

impl Lease {
    /// A lease that has lapsed.
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            until: AtomicU64::new(0),
            is_disputed: AtomicBool::new(false),
            wanted: Notify::new(),
            renewed: watch::Sender::default(),
        }
    }

    fn millis(&self, time: Instant) -> u64 {
        let since = time.saturating_duration_since(self.start).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX)
    }

    /// Returns `true` while the node may handle what others send.
    pub(super) fn stands(&self) -> bool {
        self.stands_at(Instant::now())
    }

    /// The same at `now`, for one who needs the time as well.
    pub(super) fn stands_at(&self, now: Instant) -> bool {
        #[cfg(all(test, feature = "testing"))]
        if super::planted::is("unchecked-lease") {
            return true;
        }
        self.millis(now) < self.until.load(Ordering::Acquire)
    }

    /// The time at which it lapses.
    pub(super) fn lapses(&self) -> Instant {
        self.start + Duration::from_millis(self.until.load(Ordering::Acquire))
    }

    /// Notes that the registry has renewed it, when it was asked at `sent`.
    pub(super) fn renew(&self, sent: Instant) {
        self.is_disputed.store(false, Ordering::Release);
        self.extend(sent);
    }

    /// Lets it stand as if it had been renewed.
    pub(super) fn extend(&self, sent: Instant) {
        self.until.fetch_max(self.millis(sent + STANDS), Ordering::AcqRel);
        self.renewed.send_replace(());
    }

    /// Lets it lapse: the registry has to be asked.
    pub(super) fn lapse(&self) {
        self.until.store(0, Ordering::Release);
        self.wanted.notify_one();
    }

    /// Lets it lapse, because another node says that this one is no member any more. The registry has the last word.
    pub(super) fn dispute(&self) {
        self.is_disputed.store(true, Ordering::Release);
        self.lapse();
    }

    /// Returns `true` if another node denies it, and the registry has not answered since.
    pub(super) fn is_disputed(&self) -> bool {
        self.is_disputed.load(Ordering::Acquire)
    }

    /// Waits until it stands. Who waits for longer than the registry is asked does not live to see it: its link ends.
    pub(super) async fn stood(&self) {
        let mut renewed = self.renewed.subscribe();
        while !self.stands() {
            self.wanted.notify_one();
            // The lease lasts as long as the node.
            let _ = renewed.changed().await;
        }
    }

    /// Waits until somebody is in doubt.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_stands_for_four_seconds_from_the_sending_of_a_renewal() {
        let lease = Lease::new();
        assert!(!lease.stands());
        let sent = Instant::now();
        tokio::time::advance(Duration::from_secs(2)).await;
        lease.renew(sent);
        assert!(lease.stands());
        tokio::time::advance(Duration::from_millis(1999)).await;
        assert!(lease.stands());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!lease.stands(), "the answer took two of the four seconds");
        let renew = async {
            lease.wanted().await;
            lease.renew(Instant::now());
        };
        tokio::join!(lease.stood(), renew);
        assert!(lease.stands());
        lease.dispute();
        assert!(!lease.stands() && lease.is_disputed());
        lease.renew(Instant::now());
        assert!(lease.stands() && !lease.is_disputed());
    }
}

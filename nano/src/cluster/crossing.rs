//! Claims and releases of one session, which must not cross on their way to the registry.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxBuildHasher;
use tokio::sync::Notify;

use super::claims::Claim;

/// The users that sessions of this node ask for, and those that are being freed. Whatever becomes of a release: the session
/// that asks for the same user once more does so after that. A release that has not begun is left out then, since the
/// session frees the user itself if it does not get it.
#[derive(Debug, Default)]
pub(super) struct Crossing {
    open: Mutex<HashMap<Claim, Open, FxBuildHasher>>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    claims: usize,
    releases: usize,
}

impl Crossing {
    fn open(&self) -> MutexGuard<'_, HashMap<Claim, Open, FxBuildHasher>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, claim: &Claim, change: impl FnOnce(&mut Open)) {
        let mut open = self.open();
        let entry = open.entry(claim.clone()).or_default();
        change(entry);
        if entry.claims == 0 && entry.releases == 0 {
            open.remove(claim);
        }
    }

    /// Notes that a session asks for a user.
    pub(super) fn claim_begins(&self, claim: &Claim) {
        self.change(claim, |open| open.claims += 1);
    }

    /// Notes that it has the user, or does not ask for it any more.
    pub(super) fn claim_ends(&self, claim: &Claim) {
        self.change(claim, |open| open.claims -= 1);
    }

    /// Returns `true` if a session asks for a user.
    pub(super) fn is_claimed(&self, claim: &Claim) -> bool {
        self.open().get(claim).is_some_and(|open| open.claims > 0)
    }

    /// Notes that a user is to be freed.
    pub(super) fn release_begins(&self, claim: &Claim) {
        self.change(claim, |open| open.releases += 1);
    }

    /// Notes that it has been, or is not to be any more.
    pub(super) fn release_ends(&self, claim: &Claim) {
        self.change(claim, |open| open.releases -= 1);
        self.freed.notify_waiters();
    }

    /// Waits until a user is not being freed.
    pub(super) async fn released(&self, claim: &Claim) {
        loop {
            let freed = self.freed.notified();
            let is_being_freed = self.open().get(claim).is_some_and(|open| open.releases > 0);
            if !is_being_freed {
                return;
            }
            freed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::cluster::claims::{ClaimKind, Holder};

    #[tokio::test]
    async fn a_claim_waits_for_a_release_that_is_on_its_way() {
        let crossing = Crossing::default();
        let claim = |id| Claim::new(ClaimKind::User, "7", Holder::new(1, id));
        crossing.release_begins(&claim(5));
        crossing.claim_begins(&claim(5));
        assert!(crossing.is_claimed(&claim(5)) && !crossing.is_claimed(&claim(6)));
        assert!(crossing.released(&claim(6)).now_or_never().is_some(), "another session's");
        let own = claim(5);
        let mut waits = std::pin::pin!(crossing.released(&own));
        assert!(waits.as_mut().now_or_never().is_none());
        crossing.release_ends(&claim(5));
        waits.await;
        crossing.claim_ends(&claim(5));
        assert!(crossing.open().is_empty());
    }
}

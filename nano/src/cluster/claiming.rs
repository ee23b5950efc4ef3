//! The names of this node's sessions and rooms, claimed for the whole cluster.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, timeout};

use super::calls::Progress;
use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder, LONGEST_CLAIM, name_of_user};
use super::frames::{Close, Kind, unavailable};
use super::holding::Inbox;
use super::node::Node;
use super::registry::{Asked, RegistryError};
use crate::log::limited;
use crate::session::{Session, SessionId};
use crate::{CloseReason, Error, ErrorKind, Result};

/// The time for an answer of the registry to a claim.
const ANSWER: Duration = Duration::from_secs(3);

/// The time from one attempt to the next.
pub(super) const AGAIN: Duration = Duration::from_millis(250);

/// The longest time from one attempt to reach another node to the next.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// The time for which a claim is made again while the registry cannot tell: a master that was restarted waits for the
/// nodes of before.
const PATIENCE: Duration = Duration::from_secs(6);

/// The names that are freed, or claimed again, at a time: a registry may write many of them together.
pub(super) const AT_A_TIME: usize = 256;

/// The time until which a name is asked for that is wanted now.
pub(super) fn patience() -> Instant {
    Instant::now() + PATIENCE
}

/// Fails for the name of a claim that is too long.
pub(super) fn check_length(name: &str) -> Result<()> {
    let bytes = name.len();
    if bytes <= LONGEST_CLAIM {
        return Ok(());
    }
    let text = format!("a name has {bytes} bytes, and {LONGEST_CLAIM} are allowed");
    Err(Error::new(ErrorKind::BodyTooLarge, text))
}

impl Node {
    /// Claims a name for a session or room of this node, again and again `until` then, and returns who has it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BodyTooLarge`] for a name that is too long, [`ErrorKind::Closed`] for a session whose client has left, and
    /// [`ErrorKind::Unavailable`] when the registry cannot be reached.
    pub(super) async fn claim_name(
        &self,
        claim: &Claim,
        rule: ClaimRule,
        until: Instant,
    ) -> Result<Claimed> {
        check_length(claim.name())?;
        let goes_on = || {
            let is_wanted = match rule {
                ClaimRule::Again => self.is_open(claim),
                _ => !self.has_left(claim),
            };
            let ended = || Error::new(ErrorKind::Closed, "the session has ended");
            is_wanted.then_some(()).ok_or_else(ended)
        };
        self.ask_registry(until, || self.registry.claim(claim, rule), goes_on).await
    }

    /// Asks the registry `until` then for as long as it cannot tell. Before it is asked once more, `goes_on` may end that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] when the registry cannot be reached, and the error of `goes_on`.
    pub(super) async fn ask_registry<'a, T>(
        &self,
        until: Instant,
        ask: impl Fn() -> Asked<'a, T>,
        goes_on: impl Fn() -> Result<()>,
    ) -> Result<T> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let error = match timeout(ANSWER.min(left), ask()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error @ RegistryError::Away(_))) => error,
                Ok(Err(error)) => return Err(unavailable(error.to_string())),
                Err(_) => RegistryError::Away("it does not answer".to_owned()),
            };
            limited!(self.log, RegistryAway, error = %error);
            if Instant::now() + AGAIN >= until {
                return Err(unavailable("the registry of the cluster cannot be reached"));
            }
            sleep(AGAIN).await;
            goes_on()?;
        }
    }

    /// Returns `true` if the client of a session is gone, and may have come back: what its session waited for must not be taken
    /// from the newer session.
    fn has_left(&self, claim: &Claim) -> bool {
        let is_here = |session: Session| !session.is_closed() && !session.link().has_left();
        claim.kind() == ClaimKind::User && !self.session(claim.holder().id()).is_some_and(is_here)
    }

    /// Closes the session that has lost its user to another one.
    pub(super) fn replace(&self, holder: Holder) {
        if holder.node() != self.number() {
            return self.holding.evict(holder);
        }
        if let Some(session) = self.session(holder.id()) {
            session.link().close(CloseReason::Replaced);
        }
    }

    /// Frees names and closes sessions, until the node ends.
    pub(super) fn hold(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        // From now on, when nothing is claimed yet.
        let (forgotten, lost) = (self.registry.forgotten(), self.registry.lost());
        self.hold_claimed(forgotten, lost)
    }

    async fn hold_claimed(
        self: Arc<Self>,
        forgotten: watch::Receiver<u64>,
        lost: broadcast::Receiver<Claim>,
    ) {
        let Some(Inbox { mut released, mut evicted }) = self.holding.inbox() else { return };
        let released = stream::poll_fn(|cx| released.poll_recv(cx));
        let evicted = stream::poll_fn(|cx| evicted.poll_recv(cx));
        let work = async {
            tokio::join!(
                released.for_each_concurrent(AT_A_TIME, |claim| self.clone().release_name(claim)),
                evicted.for_each_concurrent(None, |holder| self.clone().evict(holder)),
                self.clone().claim_forgotten(forgotten),
                self.clone().claim_lost(lost),
            )
        };
        tokio::select! {
            () = self.end.cancelled() => {}
            _ = work => {}
        }
    }

    async fn release_name(self: Arc<Self>, claim: Claim) {
        let mut is_unknown = false;
        loop {
            if self.has_user(&claim) {
                if is_unknown {
                    // It may have been freed.
                    self.clone().claim_again(claim.clone(), ClaimRule::Again).await;
                }
                break;
            }
            // A session that asks for the user again frees it itself if it does not get it. A release that is on its way
            // would reach the registry after that.
            if !is_unknown && self.holding.crossing.is_claimed(&claim) {
                break;
            }
            match timeout(ANSWER, self.registry.release(&claim)).await {
                Ok(Err(RegistryError::Away(_))) | Err(_) => is_unknown = true,
                Ok(_) => break,
            }
            sleep(AGAIN).await;
        }
        self.holding.crossing.release_ends(&claim);
    }

    /// Returns `true` if a session of this node has the user of a claim.
    fn has_user(&self, claim: &Claim) -> bool {
        let session = match claim.kind() {
            ClaimKind::User => self.session(claim.holder().id()),
            ClaimKind::Room => None,
        };
        let uid = session.filter(|session| !session.is_closed()).and_then(|session| session.uid());
        uid.is_some_and(|uid| name_of_user(&uid) == claim.name())
    }

    /// Closes a session of another node: its user is another session's now. Until its node has done so, or is gone, it is
    /// asked again.
    async fn evict(self: Arc<Self>, holder: Holder) {
        let mut pause = AGAIN;
        while let Some(peer) = self.member(holder.node()).await {
            if let Some(link) = peer.link()
                && let Some(call) = link.calls.open(SessionId::from_number(holder.id()))
            {
                let (session, id) = (holder.id(), call.id);
                let close = Close { session, id, replaced: true, ..Close::default() };
                link.queue.put(Kind::Close(close));
                if !matches!(call.progress().await, Progress::Lost) {
                    return;
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Claims all names again whenever the registry may have forgotten them.
    async fn claim_forgotten(self: Arc<Self>, mut forgotten: watch::Receiver<u64>) {
        while forgotten.changed().await.is_ok() {
            let again = |claim| self.clone().claim_again(claim, ClaimRule::Again);
            stream::iter(self.held()).for_each_concurrent(AT_A_TIME, again).await;
        }
    }

    /// Claims the names again that others have taken: who has lost one ends by it. The other one may be gone already, with
    /// its node, and may have told nobody; then the name is free. A master that was restarted since may know of neither: it
    /// must hear of the other one first.
    async fn claim_lost(self: Arc<Self>, lost: broadcast::Receiver<Claim>) {
        let losses = stream::unfold((self.clone(), lost), |(this, mut lost)| async move {
            let mut claims = match lost.recv().await {
                Ok(claim) => vec![claim],
                Err(RecvError::Lagged(_)) => this.held(),
                Err(RecvError::Closed) => return None,
            };
            claims.retain(|claim| this.is_open(claim));
            Some((stream::iter(claims), (this, lost)))
        });
        let again = |claim| self.clone().claim_again(claim, ClaimRule::Refuse);
        losses.flatten().for_each_concurrent(AT_A_TIME, again).await;
    }

    /// Claims a name again for as long as its holder is open: nothing else would notice that it is not held.
    async fn claim_again(self: Arc<Self>, claim: Claim, mut rule: ClaimRule) {
        loop {
            match self.claim_name(&claim, rule, patience()).await {
                // The registry forgot both, and the session that had lost the name was the first to ask.
                Ok(Claimed::Taken(other))
                    if rule != ClaimRule::Replace && self.holding.has_replaced(&claim, other) =>
                {
                    rule = ClaimRule::Replace;
                }
                Ok(Claimed::Taken(_)) => {
                    return match claim.kind() {
                        ClaimKind::User => self.replace(claim.holder()),
                        ClaimKind::Room => self.lose_room_name(&claim),
                    };
                }
                // It ended in between, and was freed before it was claimed again.
                _ if !self.is_open(&claim) => return self.holding.release(claim),
                Ok(Claimed::Replaced(other)) => return self.replace(other),
                Ok(Claimed::Granted) => return,
                // The registry is away still, and the log says so.
                Err(_) => sleep(AGAIN).await,
            }
        }
    }

    /// Returns `true` if the holder of a claim is not about to end, as one that has been told of its loss is.
    fn is_open(&self, claim: &Claim) -> bool {
        let id = claim.holder().id();
        match claim.kind() {
            ClaimKind::User => self.session(id).is_some_and(|session| !session.is_closed()),
            ClaimKind::Room => self.holding.has_room(id),
        }
    }
}

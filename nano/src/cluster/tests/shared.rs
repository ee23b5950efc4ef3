//! A registry in memory that keeps claims, for nodes that tests link.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{broadcast, watch};

use super::cable::node;
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::cluster::config::Members;
use crate::cluster::fixed::Fixed;
use crate::cluster::master::Claims;
use crate::cluster::registry::{Asked, Registry, RegistryError, View};
use crate::{Cluster, Node, NodeState};

/// The losses that wait for a node.
const LOSSES: usize = 16;

/// The claims of all nodes of a test.
#[derive(Debug)]
pub(super) struct Shared {
    claims: Mutex<Claims>,
    is_away: AtomicBool,
    is_settling: AtomicBool,
    /// The time for the answer to a claim, while no name is freed.
    stuck: Mutex<Option<Duration>>,
    finds: AtomicUsize,
    releases: AtomicUsize,
    forgotten: watch::Sender<u64>,
    lost: broadcast::Sender<Claim>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            claims: Mutex::default(),
            is_away: AtomicBool::default(),
            is_settling: AtomicBool::default(),
            stuck: Mutex::default(),
            finds: AtomicUsize::default(),
            releases: AtomicUsize::default(),
            forgotten: watch::Sender::default(),
            lost: broadcast::Sender::new(LOSSES),
        }
    }
}

impl Shared {
    /// A node that claims here.
    pub(super) fn node(self: &Arc<Self>, number: u32) -> Cluster {
        let members = (1..=5).map(|number| Node::new(number, format!("n{number}"), "-")).collect();
        let registry = Listed { fixed: Fixed::new(number, members), shared: self.clone() };
        let mut node = node(number);
        node.members = Members::Registry(Arc::new(registry));
        node
    }

    /// Lets all calls fail, or not.
    pub(super) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Relaxed);
    }

    /// Takes no claims but those that it may have forgotten, or all again.
    pub(super) fn set_settling(&self, is_settling: bool) {
        self.is_settling.store(is_settling, Ordering::Relaxed);
    }

    /// Frees no names from now on, and takes some time for each claim.
    pub(super) fn set_stuck(&self, time: Duration) {
        *self.stuck.lock().expect("no panic") = Some(time);
    }

    fn stuck(&self) -> Option<Duration> {
        *self.stuck.lock().expect("no panic")
    }

    /// Returns the number of look-ups since the last call.
    pub(super) fn take_finds(&self) -> usize {
        self.finds.swap(0, Ordering::Relaxed)
    }

    /// Returns how often a name was freed.
    pub(super) fn releases(&self) -> usize {
        self.releases.load(Ordering::Relaxed)
    }

    /// Forgets all claims, and tells the nodes so; `claim` comes from somewhere else first.
    pub(super) fn forget(&self, claim: &Claim) {
        let mut claims = self.claims.lock().expect("no panic");
        *claims = Claims::default();
        claims.claim(claim, ClaimRule::Refuse).expect("a claim");
        drop(claims);
        self.forgotten.send_modify(|count| *count += 1);
    }

    /// Lets a session of another node take a name from `loser`. The registry tells it, and the node does not.
    pub(super) fn take_from(&self, loser: &Claim, holder: Holder) {
        let claim = Claim::new(loser.kind(), loser.name(), holder);
        let taken = self.with(|claims| claims.claim(&claim, ClaimRule::Replace));
        assert_eq!(taken, Ok(Claimed::Replaced(loser.holder())));
        self.lost.send(loser.clone()).expect("the nodes hear of it");
    }

    /// Tells more losses at once than wait for a node, none of which is of a session that there is.
    pub(super) fn tell_losses_of_nobody(&self) {
        for id in 0..=LOSSES {
            let nobody = Claim::new(ClaimKind::User, "8", Holder::new(1, id as u64));
            self.lost.send(nobody).expect("the nodes hear of it");
        }
    }

    /// Ends a node, as the end of its lease does.
    pub(super) fn drop_node(&self, number: u32) {
        self.claims.lock().expect("no panic").retain(|node| node != number);
    }

    pub(super) fn holder(&self, kind: ClaimKind, name: &str) -> Option<Holder> {
        self.claims.lock().expect("no panic").find(kind, name)
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Claims) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        match self.is_away.load(Ordering::Relaxed) {
            true => Err(RegistryError::Away("the test says so".to_owned())),
            false => work(&mut self.claims.lock().expect("no panic")),
        }
    }
}

/// The registry of one node.
#[derive(Debug)]
struct Listed {
    fixed: Fixed,
    shared: Arc<Shared>,
}

impl Registry for Listed {
    fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32> {
        self.fixed.join(node, highest)
    }

    fn renew(&self, number: u32) -> Asked<'_, ()> {
        self.fixed.renew(number)
    }

    fn update(&self, number: u32, state: NodeState) -> Asked<'_, ()> {
        self.fixed.update(number, state)
    }

    fn leave(&self, number: u32) -> Asked<'_, ()> {
        self.fixed.leave(number)
    }

    fn report_gone(&self, number: u32) -> Asked<'_, ()> {
        self.fixed.report_gone(number)
    }

    fn views(&self) -> watch::Receiver<View> {
        self.fixed.views()
    }

    fn keeps_claims(&self) -> bool {
        true
    }

    fn claim<'a>(&'a self, claim: &'a Claim, rule: ClaimRule) -> Asked<'a, Claimed> {
        Box::pin(async move {
            // An answer takes a moment, in which others claim, too.
            tokio::task::yield_now().await;
            if let Some(time) = self.shared.stuck() {
                tokio::time::sleep(time).await;
            }
            let is_settling = self.shared.is_settling.load(Ordering::Relaxed);
            if is_settling && rule != ClaimRule::Again {
                return Err(RegistryError::Away("it settles".to_owned()));
            }
            self.shared.with(|claims| claims.claim(claim, rule))
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> Asked<'a, ()> {
        self.shared.releases.fetch_add(1, Ordering::Relaxed);
        let released = self.shared.with(|claims| {
            if self.shared.stuck().is_none() {
                claims.release(claim);
            }
            Ok(())
        });
        Box::pin(async { released })
    }

    fn find<'a>(&'a self, kind: ClaimKind, name: &'a str) -> Asked<'a, Option<Holder>> {
        self.shared.finds.fetch_add(1, Ordering::Relaxed);
        let found = self.shared.with(|claims| Ok(claims.find(kind, name)));
        Box::pin(async move { found })
    }

    fn forgotten(&self) -> watch::Receiver<u64> {
        self.shared.forgotten.subscribe()
    }

    fn lost(&self) -> broadcast::Receiver<Claim> {
        self.shared.lost.subscribe()
    }
}

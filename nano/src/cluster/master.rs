//! The embedded master: a registry in the memory of one node.

mod claims;
mod client;
mod messages;
mod service;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep};

#[cfg(all(test, feature = "testing"))]
pub(super) use claims::Claims;
pub(super) use client::Away;
pub(super) use service::Service;
#[cfg(any(feature = "etcd", all(test, feature = "testing")))]
pub(super) use tables::LEASE;
#[cfg(feature = "etcd")]
pub(super) use tables::MOST_NODES;
use tables::{Joined, LOSSES, Tables};

use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use super::registry::{Asked, Registry, RegistryError, View};
use crate::{Node, NodeState};

/// The time between two looks at the tables.
const LOOK: Duration = Duration::from_millis(250);

/// The first second of the year 2026.
const YEAR_2026: Duration = Duration::from_secs(1_767_225_600);

/// The seconds for one number. A cluster has joins in bursts, and far fewer than this in the long run: 26 bits last until
/// the year 2060.
const SECONDS: u64 = 16;

/// The master, for its own node and for the streams of the others.
#[derive(Debug)]
pub(super) struct Master {
    tables: Mutex<Tables>,
    view: watch::Sender<View>,
    /// The number that the wall clock stands for: a master that was restarted has forgotten the last one.
    clock: fn() -> u32,
    /// The names that its own node has lost.
    lost: broadcast::Sender<Claim>,
}

impl Master {
    pub(super) fn new() -> Arc<Self> {
        Self::with_clock(number_by_time)
    }

    pub(super) fn with_clock(clock: fn() -> u32) -> Arc<Self> {
        let tables = Mutex::new(Tables::new(Instant::now()));
        let (view, lost) = (watch::Sender::default(), broadcast::Sender::new(LOSSES));
        Arc::new(Self { tables, view, clock, lost })
    }

    /// Looks at the time again and again, for ever.
    pub(super) async fn run(&self) {
        loop {
            sleep(LOOK).await;
            self.with(|_, _| ());
        }
    }

    /// Does something with the tables, and shows the view to everybody if it changes.
    fn with<T>(&self, work: impl FnOnce(&mut Tables, Instant) -> T) -> T {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        tables.look(now);
        let outcome = work(&mut tables, now);
        if let Some(revision) = tables.revision() {
            // With the lock, so that views are shown in their order.
            self.view.send_if_modified(|view| {
                let has_changed = view.revision() != revision;
                if has_changed {
                    *view = View::new(revision, tables.nodes());
                }
                has_changed
            });
        }
        outcome
    }

    /// Returns the names that are held, and their holders. It does not look at the time.
    #[cfg(all(test, feature = "testing"))]
    pub(super) fn held(&self, kind: ClaimKind) -> Vec<(String, Holder)> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).held(kind)
    }

    /// Lets a node in, as soon as it is known whether it may come.
    async fn admit(&self, node: &Node, highest: u32) -> Result<u32, RegistryError> {
        let asked = Instant::now();
        loop {
            let join =
                |tables: &mut Tables, now| tables.join(node, highest, asked, now, (self.clock)());
            match self.with(join) {
                Joined::As(number) => return Ok(number),
                Joined::Refused(error) => return Err(error),
                Joined::Later => sleep(LOOK).await,
            }
        }
    }
}

/// The registry of the master's own node.
impl Registry for Master {
    fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32> {
        Box::pin(async move {
            let number = self.admit(node, highest).await?;
            self.with(|tables, _| {
                tables.is_part_of(number);
                tables.tell_losses(number, self.lost.clone());
            });
            Ok(number)
        })
    }

    fn renew(&self, number: u32) -> Asked<'_, ()> {
        let renewed = self.with(|tables, now| tables.renew(number, now));
        Box::pin(async { renewed })
    }

    fn update(&self, number: u32, state: NodeState) -> Asked<'_, ()> {
        let updated = self.with(|tables, _| tables.update(number, state));
        Box::pin(async { updated })
    }

    fn leave(&self, number: u32) -> Asked<'_, ()> {
        self.with(|tables, _| tables.leave(number));
        Box::pin(async { Ok(()) })
    }

    fn report_gone(&self, number: u32) -> Asked<'_, ()> {
        self.with(|tables, _| tables.report_gone(number));
        Box::pin(async { Ok(()) })
    }

    fn views(&self) -> watch::Receiver<View> {
        self.view.subscribe()
    }

    fn keeps_claims(&self) -> bool {
        true
    }

    fn claim<'a>(&'a self, claim: &'a Claim, rule: ClaimRule) -> Asked<'a, Claimed> {
        let claimed = self.with(|tables, _| tables.claim(claim, rule));
        Box::pin(async move { claimed })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> Asked<'a, ()> {
        self.with(|tables, _| tables.release(claim));
        Box::pin(async { Ok(()) })
    }

    fn find<'a>(&'a self, kind: ClaimKind, name: &'a str) -> Asked<'a, Option<Holder>> {
        let found = self.with(|tables, _| tables.find(kind, name));
        Box::pin(async move { found })
    }

    fn lost(&self) -> broadcast::Receiver<Claim> {
        self.lost.subscribe()
    }
}

/// The number that the wall clock stands for.
pub(super) fn number_by_time() -> u32 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let number = now.saturating_sub(YEAR_2026).as_secs() / SECONDS;
    u32::try_from(number).unwrap_or(u32::MAX).max(1)
}

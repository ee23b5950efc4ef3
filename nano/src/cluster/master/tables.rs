//! The tables of a master: the nodes, their leases, and the names that they hold. They know no clock and no links.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::Instant;

use super::claims::Claims;
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::cluster::config::LARGEST_NUMBER;
use crate::cluster::registry::RegistryError;
use crate::{Node, NodeState};

/// The time for which a node is in the cluster after it joined or renewed.
pub(in crate::cluster) const LEASE: Duration = Duration::from_secs(5);

/// The most nodes: each has a link to every other one.
pub(in crate::cluster) const MOST_NODES: usize = 256;

/// The time after which this process must have been stopped for a while, when nothing looked at the tables meanwhile.
pub(super) const GAP: Duration = Duration::from_secs(1);

/// The losses that wait for a node to take them.
pub(super) const LOSSES: usize = 256;

#[derive(Debug)]
pub(super) struct Tables {
    nodes: BTreeMap<u32, Entry>,
    claims: Claims,
    /// The highest number that anybody is known to have had.
    highest: u32,
    /// Until then, nodes of before may come back, and nobody new is let in.
    settles_until: Option<Instant>,
    looked_at: Instant,
    /// The number of the node that the master is part of, and the number of changes since: the revision of the view.
    own: u32,
    changes: u32,
}

#[derive(Debug)]
struct Entry {
    node: Node,
    expires: Instant,
    renewed: Instant,
    /// The number of the stream that it renews over.
    stream: Option<u64>,
    /// The way to tell it which names it has lost.
    lost: Option<broadcast::Sender<Claim>>,
    /// A witness has said that its process is gone.
    is_reported: bool,
}

/// The outcome of an attempt to join.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joined {
    As(u32),
    /// It is not known yet.
    Later,
    Refused(RegistryError),
}

impl Tables {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            nodes: BTreeMap::new(),
            claims: Claims::default(),
            highest: 0,
            settles_until: Some(now + LEASE),
            looked_at: now,
            own: 0,
            changes: 0,
        }
    }

    /// Looks at the time, ahead of everything else: leases end, and the master settles.
    pub(super) fn look(&mut self, now: Instant) {
        let gap = now.saturating_duration_since(self.looked_at);
        self.looked_at = now;
        if gap > GAP {
            // This process was stopped. What the others sent meanwhile is still to be read.
            self.settles_until = self.settles_until.map(|until| until + gap);
            self.nodes.values_mut().for_each(|entry| entry.expires += gap);
        }
        self.settles_until = self.settles_until.filter(|until| *until > now);
        let before = self.nodes.len();
        self.nodes.retain(|_, entry| entry.expires > now);
        self.note_gone(before);
    }

    /// Notes that the view has changed, if it has.
    fn note(&mut self, has_changed: bool) {
        self.changes = self.changes.wrapping_add(u32::from(has_changed));
    }

    /// Lets a node in, which asked at `asked`. `clock` is the number that the wall clock stands for.
    pub(super) fn join(
        &mut self,
        node: &Node,
        highest: u32,
        asked: Instant,
        now: Instant,
        clock: u32,
    ) -> Joined {
        // Numbers beyond what fits would be the end of this cluster.
        if node.number().max(highest) >= LARGEST_NUMBER {
            return refused(format!("{} is no number of a node", node.number().max(highest)));
        }
        let seen = highest.max(node.number());
        #[cfg(all(test, feature = "testing"))]
        let seen = if crate::cluster::planted::is("reused-number") { 0 } else { seen };
        self.highest = self.highest.max(seen);
        match node.number() {
            0 => self.join_new(node, asked, now, clock),
            number => self.come_back(number, node, now),
        }
    }

    fn join_new(&mut self, node: &Node, asked: Instant, now: Instant, clock: u32) -> Joined {
        if self.settles_until.is_some() {
            return Joined::Later;
        }
        // Nobody else can have this address: the one that had it is gone.
        self.remove_if(|other| other.address() == node.address());
        if let Some(entry) = self.nodes.values().find(|entry| entry.node.name() == node.name()) {
            if entry.renewed <= asked {
                return Joined::Later;
            }
            return refused(format!(
                "the name `{}` is taken: the node at {} has it, and the one at {} asks for it",
                node.name(),
                entry.node.address(),
                node.address()
            ));
        }
        if self.nodes.len() >= MOST_NODES {
            return refused(format!(
                "the cluster has {MOST_NODES} nodes, the most that there can be"
            ));
        }
        let number = clock.max(self.highest + 1);
        if number > LARGEST_NUMBER {
            return refused("the numbers of nodes are used up".to_owned());
        }
        self.highest = number;
        self.add(node.clone().with_number(number), now);
        Joined::As(number)
    }

    fn come_back(&mut self, number: u32, node: &Node, now: Instant) -> Joined {
        if let Some(entry) = self.nodes.get_mut(&number) {
            if (entry.node.name(), entry.node.address()) != (node.name(), node.address()) {
                return Joined::Refused(RegistryError::Gone);
            }
            (entry.expires, entry.renewed, entry.is_reported) = (now + LEASE, now, false);
            let has_changed = entry.node != *node;
            entry.node = node.clone();
            self.note(has_changed);
            return Joined::As(number);
        }
        let is_other =
            |other: &Node| other.name() == node.name() || other.address() == node.address();
        if self.settles_until.is_none()
            || self.nodes.len() >= MOST_NODES
            || self
                .nodes
                .values()
                .any(|entry| is_other(&entry.node) && entry.node.number() > number)
        {
            return Joined::Refused(RegistryError::Gone);
        }
        // An earlier start of the same node.
        self.remove_if(is_other);
        self.add(node.clone(), now);
        Joined::As(number)
    }

    fn add(&mut self, node: Node, now: Instant) {
        let (expires, stream, lost, is_reported) = (now + LEASE, None, None, false);
        let number = node.number();
        let entry = Entry { node, expires, renewed: now, stream, lost, is_reported };
        self.nodes.insert(number, entry);
        self.note(true);
    }

    fn remove_if(&mut self, is_gone: impl Fn(&Node) -> bool) {
        let before = self.nodes.len();
        self.nodes.retain(|_, entry| !is_gone(&entry.node));
        self.note_gone(before);
    }

    /// Notes that nodes are gone, if there were more `before`.
    fn note_gone(&mut self, before: usize) {
        let has_changed = self.nodes.len() < before;
        if has_changed {
            let nodes = &self.nodes;
            #[cfg(all(test, feature = "testing"))]
            if crate::cluster::planted::is("outliving-claim") {
                return self.note(true);
            }
            self.claims.retain(|node| nodes.contains_key(&node));
        }
        self.note(has_changed);
    }

    pub(super) fn renew(&mut self, number: u32, now: Instant) -> Result<(), RegistryError> {
        let entry = self.nodes.get_mut(&number).ok_or(RegistryError::Gone)?;
        // Who renews lives, whatever a witness took for its end.
        (entry.expires, entry.renewed, entry.is_reported) = (now + LEASE, now, false);
        Ok(())
    }

    pub(super) fn update(&mut self, number: u32, state: NodeState) -> Result<(), RegistryError> {
        let entry = self.nodes.get_mut(&number).ok_or(RegistryError::Gone)?;
        let has_changed = entry.node.state() != state;
        entry.node = entry.node.clone().with_state(state);
        self.note(has_changed);
        Ok(())
    }

    pub(super) fn leave(&mut self, number: u32) {
        self.remove_if(|node| node.number() == number);
    }

    pub(super) fn claim(
        &mut self,
        claim: &Claim,
        rule: ClaimRule,
    ) -> Result<Claimed, RegistryError> {
        if !self.nodes.contains_key(&claim.holder().node()) {
            return Err(RegistryError::Gone);
        }
        // Its holder may not have come back yet.
        if self.settles_until.is_some()
            && rule != ClaimRule::Again
            && self.claims.find(claim.kind(), claim.name()).is_none()
        {
            return Err(settling());
        }
        let claimed = self.claims.claim(claim, rule)?;
        if let Claimed::Replaced(loser) = claimed {
            let lost = self.nodes.get(&loser.node()).and_then(|entry| entry.lost.as_ref());
            // A node that does not listen has no stream, and claims all its names again over its next one.
            let _ = lost.map(|lost| lost.send(Claim::new(claim.kind(), claim.name(), loser)));
        }
        Ok(claimed)
    }

    /// Takes the way to tell a node which names it loses from now on.
    pub(super) fn tell_losses(&mut self, number: u32, lost: broadcast::Sender<Claim>) {
        if let Some(entry) = self.nodes.get_mut(&number) {
            entry.lost = Some(lost);
        }
    }

    pub(super) fn release(&mut self, claim: &Claim) {
        self.claims.release(claim);
    }

    pub(super) fn find(
        &self,
        kind: ClaimKind,
        name: &str,
    ) -> Result<Option<Holder>, RegistryError> {
        match self.claims.find(kind, name) {
            None if self.settles_until.is_some() => Err(settling()),
            found => Ok(found),
        }
    }

    #[cfg(all(test, feature = "testing"))]
    pub(super) fn held(&self, kind: ClaimKind) -> Vec<(String, Holder)> {
        self.claims.held(kind)
    }

    /// Notes the stream that a node renews over. A later one takes the place of an earlier one.
    pub(super) fn attend(&mut self, number: u32, stream: u64) {
        if let Some(entry) = self.nodes.get_mut(&number) {
            (entry.stream, entry.is_reported) = (Some(stream), false);
        }
    }

    /// Returns `true` if no other stream of a node has taken the place of this one. A node that is gone has none.
    pub(super) fn is_last(&self, number: u32, stream: u64) -> bool {
        self.nodes.get(&number).is_none_or(|entry| entry.stream == Some(stream))
    }

    /// Notes the end of a stream.
    pub(super) fn attended(&mut self, number: u32, stream: u64) {
        let Some(entry) = self.nodes.get_mut(&number) else { return };
        if entry.stream == Some(stream) {
            entry.stream = None;
            self.leave_if_gone(number);
        }
    }

    /// Takes the word of a witness that a process is gone.
    pub(super) fn report_gone(&mut self, number: u32) {
        if let Some(entry) = self.nodes.get_mut(&number).filter(|_| number != self.own) {
            entry.is_reported = true;
            self.leave_if_gone(number);
        }
    }

    /// The end of a process ends its stream as well: a witness alone may be wrong.
    fn leave_if_gone(&mut self, number: u32) {
        if self.nodes.get(&number).is_some_and(|entry| entry.is_reported && entry.stream.is_none())
        {
            self.leave(number);
        }
    }

    /// Takes the number of the node that the master is part of.
    pub(super) fn is_part_of(&mut self, number: u32) {
        self.own = number;
    }

    /// The revision of the view, once the master is part of a node itself.
    pub(super) fn revision(&self) -> Option<u64> {
        (self.own > 0).then(|| u64::from(self.own) << 32 | u64::from(self.changes))
    }

    pub(super) fn nodes(&self) -> Vec<Node> {
        self.nodes.values().map(|entry| entry.node.clone()).collect()
    }
}

fn settling() -> RegistryError {
    let text = "the master was restarted, and waits for the nodes of before";
    RegistryError::Away(text.to_owned())
}

fn refused(text: String) -> Joined {
    Joined::Refused(RegistryError::Refused(text))
}

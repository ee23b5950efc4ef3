//! The names that sessions and rooms have. They end with the nodes of their holders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder, LONGEST_CLAIM};
use crate::cluster::registry::RegistryError;

/// The most names of one node: more than a gate has clients.
const MOST_CLAIMS: usize = 1_000_000;

#[derive(Debug, Default)]
pub(in crate::cluster) struct Claims {
    users: BTreeMap<Arc<str>, Holder>,
    rooms: BTreeMap<Arc<str>, Holder>,
    /// The names of each node.
    of_nodes: BTreeMap<u32, BTreeSet<(ClaimKind, Arc<str>)>>,
}

impl Claims {
    fn holders(&mut self, kind: ClaimKind) -> &mut BTreeMap<Arc<str>, Holder> {
        match kind {
            ClaimKind::User => &mut self.users,
            ClaimKind::Room => &mut self.rooms,
        }
    }

    pub(in crate::cluster) fn claim(
        &mut self,
        claim: &Claim,
        rule: ClaimRule,
    ) -> Result<Claimed, RegistryError> {
        let (kind, name, holder) = (claim.kind(), claim.name(), claim.holder());
        if name.is_empty() || name.len() > LONGEST_CLAIM {
            let text = format!("a name has {} bytes; 1 to {LONGEST_CLAIM} fit", name.len());
            return Err(RegistryError::Refused(text));
        }
        let before = self.find(kind, name);
        if before == Some(holder) {
            return Ok(Claimed::Granted);
        }
        if let Some(other) = before.filter(|_| rule != ClaimRule::Replace) {
            return Ok(Claimed::Taken(other));
        }
        let names = self.of_nodes.entry(holder.node()).or_default();
        if names.len() >= MOST_CLAIMS {
            let text = format!("the node has {MOST_CLAIMS} names, the most that it can have");
            return Err(RegistryError::Refused(text));
        }
        let name: Arc<str> = name.into();
        names.insert((kind, name.clone()));
        if let Some(other) = before.filter(|other| other.node() != holder.node()) {
            self.unlist(other.node(), kind, name.clone());
        }
        self.holders(kind).insert(name, holder);
        Ok(before.map_or(Claimed::Granted, Claimed::Replaced))
    }

    /// Frees a name, if it is this holder's still.
    pub(in crate::cluster) fn release(&mut self, claim: &Claim) {
        let (kind, name, holder) = (claim.kind(), claim.name(), claim.holder());
        let holds = self.find(kind, name) == Some(holder);
        #[cfg(all(test, feature = "testing"))]
        let holds =
            holds || (kind == ClaimKind::User && crate::cluster::planted::is("stolen-claim"));
        if holds {
            self.holders(kind).remove(name);
            self.unlist(holder.node(), kind, name.into());
        }
    }

    pub(in crate::cluster) fn find(&self, kind: ClaimKind, name: &str) -> Option<Holder> {
        let holders = match kind {
            ClaimKind::User => &self.users,
            ClaimKind::Room => &self.rooms,
        };
        holders.get(name).copied()
    }

    #[cfg(all(test, feature = "testing"))]
    pub(in crate::cluster) fn held(&self, kind: ClaimKind) -> Vec<(String, Holder)> {
        let holders = match kind {
            ClaimKind::User => &self.users,
            ClaimKind::Room => &self.rooms,
        };
        holders.iter().map(|(name, holder)| (name.to_string(), *holder)).collect()
    }

    /// Frees the names of the nodes that are gone.
    pub(in crate::cluster) fn retain(&mut self, is_member: impl Fn(u32) -> bool) {
        let nodes = self.of_nodes.keys().copied();
        let gone: Vec<u32> = nodes.filter(|node| !is_member(*node)).collect();
        for node in gone {
            for (kind, name) in self.of_nodes.remove(&node).unwrap_or_default() {
                self.holders(kind).remove(&name);
            }
        }
    }

    fn unlist(&mut self, node: u32, kind: ClaimKind, name: Arc<str>) {
        if let Some(names) = self.of_nodes.get_mut(&node) {
            names.remove(&(kind, name));
            if names.is_empty() {
                self.of_nodes.remove(&node);
            }
        }
    }
}

//! The other nodes of the cluster.

use std::sync::{Arc, PoisonError, RwLock};

use super::frames::Farewell;
use super::peer::Peer;
use super::registry::View;
use crate::Node;

/// The other nodes, as the last view has them, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Peers(RwLock<Arc<[Arc<Peer>]>>);

/// The difference of two views.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) joined: Vec<(Node, Arc<Peer>)>,
    pub(super) left: Vec<Arc<Peer>>,
}

impl Peers {
    pub(super) fn all(&self) -> Arc<[Arc<Peer>]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn get(&self, number: u32) -> Option<Arc<Peer>> {
        let all = self.all();
        let at = all.binary_search_by_key(&number, |peer| peer.number).ok()?;
        all.get(at).cloned()
    }

    /// Returns `true` if any of them can be reached.
    pub(super) fn has_links(&self) -> bool {
        self.all().iter().any(|peer| peer.link().is_some())
    }

    /// Returns `true` while the link to a node is the one with this number.
    pub(super) fn is_linked(&self, number: u32, link: u64) -> bool {
        let peer = self.get(number).and_then(|peer| peer.link());
        peer.is_some_and(|other| other.epoch == link)
    }

    /// Takes over a view, in which this node has the number `own`. Links to nodes that are gone end.
    pub(super) fn take(&self, view: &View, own: u32) -> Changes {
        let (before, mut changes) = (self.all(), Changes::default());
        let others = view.nodes().iter().filter(|node| node.number() != own);
        let now: Arc<[_]> = others
            .map(|node| {
                let known = before.binary_search_by_key(&node.number(), |peer| peer.number);
                if let Some(peer) = known.ok().and_then(|at| before.get(at)) {
                    peer.note(node);
                    return peer.clone();
                }
                let peer = Arc::new(Peer::new(node));
                changes.joined.push((node.clone(), peer.clone()));
                peer
            })
            .collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = now;
        // A view without this node says nothing about the others: it is this node that leaves them.
        let reason = match view.node(own) {
            Some(_) => Farewell::Fenced,
            None => Farewell::Leaving,
        };
        for peer in before.iter().filter(|peer| view.node(peer.number).is_none()) {
            peer.retire(reason);
            changes.left.push(peer.clone());
        }
        changes
    }
}

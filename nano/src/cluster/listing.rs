//! The nodes of the cluster as this one sees them, for those who watch it.

use super::node::Node;
use crate::metrics::NodeCounts;

/// One node.
#[cfg(feature = "admin")]
#[derive(Debug)]
pub(crate) struct ListedNode {
    pub(crate) node: crate::Node,
    /// The bytes that wait for it, while there is a link.
    pub(crate) queued: Option<usize>,
}

impl Node {
    pub(crate) fn counts(&self) -> NodeCounts {
        let peers = self.gate.peers.all();
        let links = peers.iter().filter(|peer| peer.link().is_some()).count();
        NodeCounts { nodes: self.view.borrow().nodes().len(), links, queued: self.total.bytes() }
    }

    /// Returns all nodes, in the order of their numbers.
    #[cfg(feature = "admin")]
    pub(crate) fn listed(&self) -> Vec<ListedNode> {
        let nodes = self.view.borrow().nodes().to_vec();
        let queued = |number| {
            let link = self.gate.peers.get(number)?.link()?;
            Some(link.queue.waiting())
        };
        nodes.into_iter().map(|node| ListedNode { queued: queued(node.number()), node }).collect()
    }
}

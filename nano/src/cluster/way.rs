//! The registry that the settings of a node ask for.

use std::sync::Arc;

use super::config::{Cluster, LARGEST_NUMBER, Members};
use super::fixed::Fixed;
use super::master::{Away, Master};
use super::registry::Registry;
use crate::Node;

/// The registry of a node.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) registry: Arc<dyn Registry>,
    /// The same one, if it is in this node.
    pub(super) master: Option<Arc<Master>>,
    /// The highest number that there is, as far as it is known from the start.
    pub(super) highest: u32,
}

impl Way {
    pub(super) fn of(config: &Cluster) -> Self {
        match &config.members {
            Members::Master => {
                #[cfg(not(test))]
                let master = Master::new();
                #[cfg(test)]
                let master = config.clock.map_or_else(Master::new, Master::with_clock);
                Self { registry: master.clone(), master: Some(master), highest: 0 }
            }
            Members::Join(address) => {
                let (cluster, tls) = (config.cluster.clone(), config.tls.clone());
                let away = Away::new(address.clone(), cluster, tls);
                Self { registry: Arc::new(away), master: None, highest: 0 }
            }
            Members::Registry(registry) => {
                registry.of_cluster(&config.cluster);
                Self { registry: registry.clone(), master: None, highest: 0 }
            }
            Members::None => Self::fixed(0, Vec::new()),
            Members::Fixed(list) => {
                let own = Node::new(list.number, config.shown_name(), config.shown_address());
                let others = list.members.iter();
                let others = others.map(|(number, address)| Node::new(*number, address, address));
                Self::fixed(list.number, others.chain([own]).collect())
            }
        }
    }

    /// Nobody else ever comes.
    fn fixed(number: u32, nodes: Vec<Node>) -> Self {
        let registry = Arc::new(Fixed::new(number, nodes));
        Self { registry, master: None, highest: LARGEST_NUMBER }
    }
}

//! The registry of a cluster whose master is a node of Go nano: it says who is there, and decides nothing.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use tokio::sync::watch;

use super::hub::Hub;
use super::members::LARGEST_DRAWN;
use super::superior::Superior;
use super::wire::Info;
use crate::cluster::registry::{Asked, Registry, RegistryError, View};
use crate::{Node, NodeState};

/// The presence of this node in the cluster. The others are in the [`Hub`].
#[derive(Debug)]
pub(in crate::cluster) struct Presence {
    hub: Arc<Hub>,
    master: String,
    view: watch::Sender<View>,
}

impl Presence {
    pub(in crate::cluster) fn new(hub: Arc<Hub>, master: String) -> Self {
        Self { hub, master, view: watch::Sender::default() }
    }

    async fn enter(&self, node: &Node) -> Result<u32, RegistryError> {
        let superior =
            Superior::new(self.hub.clone(), &self.master).map_err(RegistryError::Refused)?;
        let number = draw(RandomState::new().build_hasher().finish());
        let node = node.clone().with_number(number);
        let own = Info::of(&node);
        self.hub.members.registers();
        let others = superior.register(&own).await.map_err(RegistryError::Away)?;
        let of = |info: &Info| info.native.as_ref().map(|native| native.number);
        if let Some(other) = others.iter().find(|other| of(other) == Some(number)) {
            // Nobody gives numbers out: of two nodes that draw the same one, the second draws again.
            let text = format!("{} has the number {number}, too", other.address);
            let _ = superior.unregister(&own.address).await;
            return Err(RegistryError::Away(text));
        }
        self.hub.members.replace(others);
        self.hub.set_registered(own);
        self.view.send_modify(|view| *view = View::new(view.revision() + 1, vec![node]));
        Ok(number)
    }
}

/// Returns the number that a random one stands for.
fn draw(random: u64) -> u32 {
    // It is less than the number of them.
    (random % u64::from(LARGEST_DRAWN)) as u32 + 1
}

impl Registry for Presence {
    fn join<'a>(&'a self, node: &'a Node, _: u32) -> Asked<'a, u32> {
        Box::pin(self.enter(node))
    }

    fn renew(&self, _: u32) -> Asked<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn update(&self, _: u32, _: NodeState) -> Asked<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn leave(&self, _: u32) -> Asked<'_, ()> {
        // The task that keeps this node registered ends that.
        Box::pin(async { Ok(()) })
    }

    fn report_gone(&self, _: u32) -> Asked<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn views(&self) -> watch::Receiver<View> {
        self.view.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_drawn_are_those_of_no_node_of_go_nano() {
        for (random, number) in
            [(0, 1), (u64::from(LARGEST_DRAWN) - 1, LARGEST_DRAWN), (u64::from(LARGEST_DRAWN), 1)]
        {
            assert_eq!(draw(random), number);
        }
        assert!((1..=LARGEST_DRAWN).contains(&draw(u64::MAX)));
    }
}

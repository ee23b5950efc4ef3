//! The end of this node's membership, step by step.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::node::Node;
use crate::NodeState;
use crate::log::limited;

/// The time for the registry, and for the other nodes, to hear something.
const HEARD: Duration = Duration::from_secs(1);

impl Node {
    /// Tells the others that this node is about to leave: sessions that it does not know go elsewhere.
    pub(crate) fn drain(self: &Arc<Self>) {
        let node = self.clone();
        self.tasks.spawn(async move {
            let leaving = node.leaving.clone();
            leaving.run_until_cancelled(node.say_draining()).await;
        });
    }

    /// Tells the registry until it has heard: until then sessions and rooms come here, to a node that ends them soon.
    async fn say_draining(&self) {
        loop {
            let update = self.registry.update(self.number(), NodeState::Draining);
            match timeout(HEARD, update).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => limited!(self.log, RegistryAway, error = %error),
                Err(_) => limited!(self.log, RegistryAway, error = "it does not answer"),
            }
            sleep(HEARD).await;
        }
    }

    /// Takes no more messages of other nodes, and waits until those that have come are handled, for `limit` at most.
    pub(crate) async fn take_back(&self, limit: Duration) {
        self.say_leaving().await;
        self.handling.close();
        if timeout(limit, self.handling.wait()).await.is_err() {
            tracing::debug!("some messages of other nodes take long");
        }
    }

    /// Tells the other nodes that this one takes no more messages, and waits until they have taken what was sent to them.
    async fn say_leaving(&self) {
        let peers = self.gate.peers.all();
        let links: Vec<_> = peers.iter().filter_map(|peer| peer.link()).collect();
        // All are told before one is waited for.
        let told: Vec<_> = links.iter().map(|link| link.say_leaving()).collect();
        let heard = join_all(told);
        if timeout(HEARD, heard).await.is_err() {
            tracing::debug!("some nodes do not hear that this one leaves");
        }
    }

    /// Leaves the cluster.
    pub(crate) async fn leave(&self) {
        // Whoever hears from the registry that this node is gone reads no more of it: the last answers are to be there.
        self.say_leaving().await;
        self.leaving.cancel();
        if timeout(HEARD, self.registry.leave(self.number())).await.is_err() {
            tracing::debug!("the registry does not hear that the node leaves");
        }
        if let Some(go) = &self.go
            && timeout(HEARD, go.leave()).await.is_err()
        {
            tracing::debug!("some nodes of Go nano do not hear that this one leaves");
        }
    }
}

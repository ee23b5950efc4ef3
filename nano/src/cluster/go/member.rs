//! The registration of this node at a master, by Go nano's protocol.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::hub::Hub;
use super::superior::Superior;
use super::wire::Info;
use crate::cluster::node::Node;
use crate::log::limited;

/// The time between two heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The time after which something that failed is tried again, and the most that is added at random.
const AGAIN: Duration = Duration::from_secs(1);
const JITTER: u64 = 500;

/// The heartbeats of Go nano without an answer after which this node registers again: the master may have taken it out.
const MISSED: u32 = 3;

/// The time for the master to hear that this node leaves.
const LEAVE: Duration = Duration::from_secs(1);

/// Keeps this node registered, until it leaves.
pub(in crate::cluster) async fn keep(node: Arc<Node>, hub: Arc<Hub>, master: String) {
    let superior = match Superior::new(hub.clone(), &master) {
        Ok(superior) => superior,
        Err(error) => return limited!(node.log, RegistryAway, error),
    };
    tokio::select! {
        () = node.leaving.cancelled() => {}
        () = beat(&node, &hub, &superior) => {}
    }
    let own = Info::of(&node.record());
    let unregistered = timeout(LEAVE, superior.unregister(&own.address)).await;
    if !matches!(unregistered, Ok(Ok(()))) {
        tracing::debug!("the master does not hear that the node leaves");
    }
}

async fn beat(node: &Node, hub: &Hub, superior: &Superior) {
    // As it is registered, and the time of the last answer.
    let mut registered = hub.registered().map(|own| (own, Instant::now()));
    loop {
        let own = Info::of(&node.record());
        let outcome = match &mut registered {
            Some((known, heard)) if *known == own => {
                let beaten = superior.heartbeat(own.bytes.clone()).await;
                if beaten.is_ok() {
                    *heard = Instant::now();
                } else if heard.elapsed() >= hub.settings.heartbeat * MISSED {
                    // The only way back into the tables of other nodes, if it was taken out of them.
                    let _ = superior.unregister(&own.address).await;
                    registered = None;
                }
                beaten
            }
            _ => superior.register(&own).await.map(|others| {
                hub.members.replace(others);
                registered = Some((own, Instant::now()));
            }),
        };
        match outcome {
            Ok(()) => sleep(HEARTBEAT).await,
            Err(error) => {
                limited!(node.log, RegistryAway, error);
                let random = RandomState::new().build_hasher().finish() % JITTER;
                sleep(AGAIN + Duration::from_millis(random)).await;
            }
        }
    }
}

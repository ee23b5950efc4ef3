//! The registration of this node at a master, by Go nano's protocol.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::hub::Hub;
use super::superior::{Beat, Superior};
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
        () = beat(&node, &hub, superior.clone()) => {}
    }
    let own = Info::of(&node.record());
    let unregistered = timeout(LEAVE, superior.unregister(&own.address)).await;
    if !matches!(unregistered, Ok(Ok(()))) {
        tracing::debug!("the master does not hear that the node leaves");
    }
}

/// This node, as the master has let it in.
struct Registered {
    own: Info,
    /// The time of the last answer.
    heard: Instant,
    /// The number of the connection; none while it is not known yet.
    connection: Option<usize>,
}

impl Registered {
    fn new(own: Info, connection: Option<usize>) -> Self {
        Self { own, heard: Instant::now(), connection }
    }

    /// Takes the answer to a heartbeat over a connection. Returns `true` if the node may have been taken out.
    fn take(
        &mut self,
        beaten: &Result<Beat, String>,
        connection: usize,
        heartbeat: Duration,
    ) -> bool {
        match beaten {
            Ok(beat) => {
                self.heard = Instant::now();
                // Over another connection, the answer may be that of a master which has started again.
                let registered_over = *self.connection.get_or_insert(connection);
                *beat == Beat::Unknown && connection != registered_over
            }
            Err(_) => self.heard.elapsed() >= heartbeat * MISSED,
        }
    }
}

async fn beat(node: &Node, hub: &Hub, mut superior: Superior) {
    let mut registered = hub.registered().map(|own| Registered::new(own, None));
    loop {
        let own = Info::of(&node.record());
        let outcome = match &mut registered {
            Some(known) if known.own == own => {
                let beaten = superior.heartbeat(own.bytes.clone()).await;
                if known.take(&beaten, superior.connections(), hub.settings.heartbeat) {
                    // The only way back into the tables of other nodes.
                    let _ = superior.unregister(&own.address).await;
                    registered = None;
                    if beaten.is_ok() {
                        continue;
                    }
                }
                beaten.map(drop)
            }
            _ => {
                hub.members.registers();
                superior.register(&own).await.map(|others| {
                    hub.members.replace(others);
                    registered = Some(Registered::new(own, Some(superior.connections())));
                })
            }
        };
        match outcome {
            Ok(()) => sleep(HEARTBEAT).await,
            Err(error) => {
                // The connection may be dead, and not know it.
                superior = superior.anew();
                limited!(node.log, RegistryAway, error);
                let random = RandomState::new().build_hasher().finish() % JITTER;
                sleep(AGAIN + Duration::from_millis(random)).await;
            }
        }
    }
}

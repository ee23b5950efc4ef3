//! The evidence that the process of another node is gone.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::node::Node;
use super::peer::Peer;
use super::sockets::TcpStream;

/// The attempts to connect, and the time from one to the next.
const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(100);

/// The time for an attempt: refusals come at once.
const PATIENCE: Duration = Duration::from_millis(500);

/// Connects to a node whose link broke. If its host refuses every time, nothing listens there: the process is gone. A
/// host that is frozen or unreachable refuses nothing.
pub(super) async fn look(node: Arc<Node>, peer: Arc<Peer>) {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            sleep(BETWEEN).await;
        }
        match timeout(PATIENCE, TcpStream::connect(peer.address.as_str())).await {
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {}
            _ => return,
        }
    }
    tracing::debug!(node = peer.number, "a node refuses connections");
    // If the registry is away, the lease of that node ends when it is back.
    let _ = timeout(PATIENCE, node.registry.report_gone(peer.number)).await;
}

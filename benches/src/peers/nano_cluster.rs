//! nano as several nodes: gates for the clients, and one node with the handlers; or a node that others link to.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nano::{App, Bytes, Cluster, Server, Tcp};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::nano::{Echo, EchoClient, app, unlimited};
use super::serve::announce;

/// The number of the node with the handlers. Those with greater numbers connect to it.
const FIRST: u32 = 1;
/// The greatest number of a node that links to it.
const LAST: u32 = 1024;
/// The time for a node to be linked.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves as so many gates, and a node behind them. Each is on a thread of its own, as if it were a process.
pub(super) async fn serve(gates: u32) -> Result<()> {
    let behind = start(|| app().cluster(first())).await?;
    let address = behind.cluster_address().context("it is a node")?;
    let (mut addresses, mut nodes) = (Vec::new(), Vec::new());
    for gate in 0..gates {
        let node = move || node(FIRST + 1 + gate, address).listen(Tcp::bind("127.0.0.1:0"));
        let gate = start(node).await?;
        linked(&gate).await?;
        addresses.extend_from_slice(gate.addresses());
        nodes.push(gate);
    }
    announce(&addresses)?;
    std::future::pending().await
}

/// Serves as a node that others link to.
pub(super) async fn serve_node() -> Result<()> {
    let server = unlimited().component(Echo).cluster(first()).start().await?;
    announce(&[server.cluster_address().context("it is a node")?])?;
    std::future::pending().await
}

/// Starts a node, by its place among others, that has a link to the one at an address.
pub(crate) async fn link(index: usize, address: SocketAddr) -> Result<Server> {
    let number = FIRST + 1 + u32::try_from(index)?;
    let server = node(number, address).start().await?;
    linked(&server).await?;
    Ok(server)
}

fn first() -> Cluster {
    // Nobody listens there: nodes with greater numbers are not connected to.
    let add = |cluster: Cluster, number| cluster.member(number, "127.0.0.1:1");
    (FIRST + 1..=LAST).fold(Cluster::bind("127.0.0.1:0").number(FIRST), add)
}

fn node(number: u32, first: SocketAddr) -> App {
    let cluster = Cluster::bind("127.0.0.1:0").number(number);
    unlimited().cluster(cluster.member(FIRST, first.to_string()))
}

/// Waits until the handlers of the first node can be called.
async fn linked(server: &Server) -> Result<()> {
    let echo = EchoClient::new(&server.node().number(FIRST));
    let answers = async {
        while echo.say(Bytes::new()).await.is_err() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, answers).await.context("a node is not linked")
}

/// Starts a node on a thread of its own, which it keeps until the process ends.
async fn start(app: impl FnOnce() -> App + Send + 'static) -> Result<Server> {
    let (tell, told) = oneshot::channel();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            // Whoever waits for it may be gone.
            let _ = tell.send(app().start().await);
            std::future::pending::<()>().await;
        });
    });
    Ok(told.await.context("a node has panicked")??)
}

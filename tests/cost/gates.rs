//! Requests that a gate forwards to another node.

use allocation_counter::measure;
use nano::{App, Bytes, Cluster, Server};

use crate::messages::{Echo, EchoClient, bursts};
use crate::peer::{Peer, Running, message, reply_len};

/// The requests of one count, one after another.
const REQUESTS: usize = 100;
/// The counts. The streams between the nodes grow their buffers now and then, and are told to be alive once a second:
/// the lowest count has the least of that.
const COUNTS: usize = 20;
/// The allocations of one request, with the parts of those that serve many.
const ALLOCATIONS: u64 = 5;

/// Starts a gate, and a node behind it with the handlers.
async fn start() -> (Server, Running, Peer) {
    // Nobody listens there: the node with the greater number connects.
    let cluster = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    let behind = App::new().component(Echo).cluster(cluster).start().await.expect("it starts");
    let address = behind.cluster_address().expect("it is a node");
    let cluster = Cluster::bind("127.0.0.1:0").number(2).member(1, address.to_string());
    let gate = Running::start(App::new().cluster(cluster)).await;
    let echo = EchoClient::new(&gate.server().node().number(1));
    while echo.bytes(Bytes::new()).await.is_err() {
        tokio::task::yield_now().await;
    }
    let peer = gate.connect().await;
    (behind, gate, peer)
}

#[test]
fn a_forwarded_request_allocates_little_on_both_nodes() {
    // Its time goes on: that of a paused runtime would run ahead of the sockets.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (behind, gate, peer) = runtime.block_on(start());
    let body = [b'x'; 64];
    let (request, reply) = (message(1, "echo.bytes", &body), reply_len(body.len()));
    let requests = || runtime.block_on(bursts(&peer, &request, reply, REQUESTS));
    requests();
    let counted = (0..COUNTS).map(|_| measure(requests).count_total).min().expect("some counts");
    let most = ALLOCATIONS * u64::try_from(REQUESTS).expect("few");
    assert!(counted <= most, "{counted} allocations of {REQUESTS} requests");
    drop((behind, gate));
}

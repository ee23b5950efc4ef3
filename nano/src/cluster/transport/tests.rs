use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::super::incoming::Incoming;
use super::*;
use crate::{Cluster, DuplicateLogin, GoNano};

/// The first bytes of a client of HTTP/2, and its settings, which are the usual ones.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test(start_paused = true)]
async fn a_connection_of_a_node_of_go_nano_whose_other_side_is_gone_is_closed() {
    let go = GoNano::trust(["127.0.0.1"]);
    let cluster = Cluster::bind("127.0.0.1:0").join("127.0.0.1:1").go_nano(go);
    let (sessions, log) = (Arc::default(), Arc::default());
    let node = Node::new(cluster, "json", sessions, log, false, DuplicateLogin::Keep, false);
    let (enter, coming) = mpsc::channel(1);
    tokio::spawn(serve(node.clone(), coming));
    let (near, mut far) = duplex(64 * 1024);
    let pass = Pass::new(None, None);
    pass.let_in();
    let incoming = Incoming::new(Box::new(near), pass, Instant::now(), None, node.log.clone());
    enter.send(Ok(incoming)).await.expect("it is served");
    let start = Instant::now();
    far.write_all(PREFACE).await.expect("room");
    let mut said = Vec::new();
    let closed = timeout(10 * (PING + PONG), far.read_to_end(&mut said));
    closed.await.expect("it is closed").expect("an end");
    let took = start.elapsed();
    assert!((PING..=PING + PONG + Duration::from_secs(1)).contains(&took), "{took:?}");
}

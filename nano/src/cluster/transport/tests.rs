use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::super::frames::{Goodbye, Hello, Kind};
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

/// A link that a node has made to a peer: what the node says, and the way to it.
#[cfg(feature = "testing")]
type Linked = (Streaming<Frame>, mpsc::Sender<Result<Frame, Status>>);

/// A peer whose part the test plays.
#[cfg(feature = "testing")]
struct Scripted(mpsc::UnboundedSender<Linked>);

#[cfg(feature = "testing")]
#[tonic::async_trait]
impl node_server::Node for Scripted {
    type LinkStream = Pin<Box<dyn Stream<Item = Result<Frame, Status>> + Send>>;

    async fn link(
        &self,
        request: Request<Streaming<Frame>>,
    ) -> Result<Response<Self::LinkStream>, Status> {
        let (say, said) = mpsc::channel(8);
        self.0.send((request.into_inner(), say)).expect("the test plays it");
        let said =
            stream::unfold(said, async |mut said| said.recv().await.map(|frame| (frame, said)));
        Ok(Response::new(said.boxed()))
    }
}

/// Plays a peer of another cluster, whose links are refused.
#[cfg(feature = "testing")]
async fn play_a_stranger() {
    let listener = super::super::sockets::TcpListener::bind("0.0.0.0:7800").await.expect("a port");
    let coming = stream::unfold(listener, async |listener| {
        let (io, _) = listener.accept().await.expect("a connection");
        let (pass, log) = (Pass::new(None, None), Arc::default());
        pass.let_in();
        let deadline = Instant::now() + CONNECT;
        let coming = Incoming::new(Box::new(io), pass, deadline, None, log);
        Some((Ok::<_, std::io::Error>(coming), listener))
    });
    let (links, mut linked) = mpsc::unbounded_channel();
    let service = node_server::NodeServer::new(Scripted(links));
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(coming));
    let hello = || Ok(Frame::from(Kind::Hello(Hello::new("another", 2, "json"))));

    let (mut frames, say) = linked.recv().await.expect("a link");
    say.send(hello()).await.expect("the node is there");
    let gone = timeout(HEARING / 2, say.closed()).await;
    assert!(gone.is_err(), "the node closes the connection before its last word was taken");
    say.send(hello()).await.expect("the node reads on");
    let mut words = Vec::new();
    while let Some(frame) = frames.next().await {
        words.extend(frame.expect("a frame").kind);
    }
    assert!(
        matches!(&words[..], [Kind::Hello(_), Kind::Goodbye(Goodbye { text, .. })] if text.contains("`another`")),
        "{words:?}"
    );
    assert!(linked.try_recv().is_err(), "the link has not ended");
    drop(say);

    let again = timeout(HEARING / 2, linked.recv()).await.expect("the link has ended at once");
    let (_unread, say) = again.expect("another link");
    say.send(hello()).await.expect("the node is there");
    timeout(2 * HEARING, say.closed()).await.expect("a peer that does not end is left");
}

#[test]
#[cfg(feature = "testing")]
fn a_connection_is_kept_until_the_peer_has_taken_the_last_word() {
    let mut sim = turmoil::Builder::new().build();
    sim.host("node", || async {
        let cluster = Cluster::bind("0.0.0.0:7801").join("peer:7800");
        let (sessions, log) = (Arc::default(), Arc::default());
        let node = Node::new(cluster, "json", sessions, log, false, DuplicateLogin::Keep, false);
        dial(&node, Arc::new(Peer::new(&crate::Node::new(2, "n2", "peer:7800"))));
        std::future::pending().await
    });
    sim.client("peer", async {
        play_a_stranger().await;
        Ok(())
    });
    sim.run().expect("the peer has seen all");
}

//! Broadcasts to the clients of several gates, and a node that does not read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Serialize, Serializer};
use tokio::time::Instant;

use super::cable::{join, node};
use crate::testing::TestApp;
use crate::{App, ErrorKind, Group, Result, Session, component};

/// A message that counts how often it is encoded.
struct Counted(Arc<AtomicUsize>);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_str("now")
    }
}

#[derive(Default)]
struct Stage {
    audience: Group,
    encoded: Arc<AtomicUsize>,
}

#[component(crate = crate)]
impl Stage {
    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.audience.add(session)
    }

    #[handler(internal)]
    fn play(&self) -> Result<()> {
        self.audience.broadcast("onPlay", &Counted(self.encoded.clone()))
    }

    #[handler]
    fn play_and_answer(&self) -> Result<String> {
        self.play()?;
        Ok("played".into())
    }

    #[handler(internal)]
    fn stuff(&self, _text: String) {}
}

const GATES: u32 = 4;
/// A thousand members at four gates.
const CLIENTS: usize = 250;

#[tokio::test(start_paused = true)]
async fn a_broadcast_is_encoded_once_and_is_one_frame_for_each_gate() {
    let encoded = Arc::new(AtomicUsize::new(0));
    let mut gates = Vec::new();
    for number in 1..=GATES {
        gates.push(TestApp::start(App::new().cluster(node(number))).await);
    }
    let stage = Stage { encoded: encoded.clone(), ..Stage::default() };
    let stage = TestApp::start(App::new().component(stage).cluster(node(GATES + 1))).await;
    let (mut cables, mut clients) = (Vec::new(), Vec::new());
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for gate in &gates {
        cables.push(join(gate, &stage).await);
        for _ in 0..CLIENTS {
            let (client, hear) = (gate.connect().await, hear.clone());
            client.on("onPlay", move |text: String| drop(hear.send(text)));
            client.request::<_, ()>("stage.enter", &()).await.expect("on the list");
            clients.push(client);
        }
    }
    StageClient::new(&stage.server().node().any()).play().await.expect("sent");
    for _ in 0..clients.len() {
        assert_eq!(heard.recv().await.as_deref(), Some("now"));
    }
    assert_eq!(encoded.load(Ordering::Relaxed), 1, "encoded once");
    for cable in &cables {
        let pushes = cable.pushes();
        assert_eq!(pushes.len(), 1, "one frame for each gate");
        let (members, bytes) = pushes[0];
        assert_eq!(members, CLIENTS);
        // The route, the body and the heads of the fields are there once.
        assert!(bytes <= 6 * members + 32, "{bytes} bytes for {members} members");
    }
    // In the order of what was sent before to the same client.
    let played: String = clients[0].request("stage.play_and_answer", &()).await.expect("played");
    assert_eq!(played, "played");
    assert_eq!(heard.try_recv().as_deref(), Ok("now"), "the push came before the reply");
    clients.pop().expect("a client").close().await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_does_not_read_holds_nobody_else() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let stage =
        |number| TestApp::start(App::new().component(Stage::default()).cluster(node(number)));
    let (frozen, other) = (stage(2).await, stage(3).await);
    let cable = join(&gate, &frozen).await;
    let _cable = join(&gate, &other).await;
    cable.hold();
    let to = |number| StageClient::new(&gate.server().node().number(number));
    let text = "x".repeat(60_000);
    let mut taken = 0;
    let error = loop {
        match to(2).stuff(&text).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!((100..150).contains(&taken), "8 MiB of them wait: {taken}");
    let start = Instant::now();
    to(3).play().await.expect("the other node answers");
    assert_eq!(start.elapsed(), std::time::Duration::ZERO, "at once");
}

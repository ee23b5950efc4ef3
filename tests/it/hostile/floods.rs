//! Peers that send more than their share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano::{App, CloseReason, Session, component};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Scene, packet, scene::in_time};

#[derive(Clone, Debug, Default)]
struct Tally(Arc<AtomicUsize>);

#[component]
impl Tally {
    #[handler]
    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[handler]
    fn feed(&self, session: &Session, count: usize) {
        for _ in 0..count {
            session.push_bytes("onFood", &[b'x'; 1024]).expect("the queue has room");
        }
    }

    #[handler]
    fn leave(&self, session: &Session) {
        session.close();
    }
}

fn opening() -> Vec<u8> {
    [packet(1, ""), packet(2, "")].concat()
}

fn notify(route: &str, body: &str) -> Vec<u8> {
    let len = u8::try_from(route.len()).expect("a short route");
    packet(4, [&[2, len], route.as_bytes(), body.as_bytes()].concat())
}

/// One connection has sent all its packets at once; the others are served between them.
#[tokio::test]
async fn a_flood_does_not_starve_others() {
    const FLOOD: usize = 100_000;
    let tally = Tally::default();
    let app = App::new().component(tally.clone()).packet_rate(None);
    let scene = Scene::of(app).await;
    let (mut read, mut write) = tokio::io::split(scene.app.pipe());
    let flood = tokio::spawn(async move {
        write.write_all(&opening()).await.expect("the server reads");
        write.write_all(&notify("tally.add", "").repeat(FLOOD)).await.expect("the server reads");
        write.shutdown().await.expect("the server reads");
    });
    let mut answered = 0;
    while !flood.is_finished() {
        let before = tally.0.load(Ordering::Relaxed);
        scene.is_served().await;
        answered += 1;
        let overtaken = tally.0.load(Ordering::Relaxed) - before;
        assert!(overtaken < FLOOD / 5, "{overtaken} messages of the flood came before one request");
    }
    assert!(answered > 5, "{answered} requests were answered beside the flood");
    flood.await.expect("the flood is sent");
    in_time("the rest of the flood", async { while read.read_u8().await.is_ok() {} }).await;
    assert_eq!(tally.0.load(Ordering::Relaxed), FLOOD, "what came before the end is handled");
    scene.goes_on().await;
}

/// The write deadline holds although there is always something to read.
#[tokio::test]
async fn a_flood_from_a_peer_that_does_not_read() {
    let app = App::new().component(Tally::default()).write_timeout(Duration::from_millis(100));
    let mut scene = Scene::of(app).await;
    let mut pipe = scene.app.pipe();
    pipe.write_all(&opening()).await.expect("the server reads");
    pipe.write_all(&notify("tally.feed", "500")).await.expect("the server reads");
    let flood = tokio::spawn(async move {
        let much = notify("tally.add", "").repeat(1000);
        while pipe.write_all(&much).await.is_ok() {}
    });
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    in_time("the end of the flood", flood).await.expect("the flood ends");
    scene.goes_on().await;
}

/// A session that was closed is not kept by what its peer still sends.
#[tokio::test]
async fn a_flood_after_the_close() {
    let mut scene = Scene::of(App::new().component(Tally::default())).await;
    let mut pipe = scene.app.pipe();
    pipe.write_all(&opening()).await.expect("the server reads");
    pipe.write_all(&notify("tally.leave", "")).await.expect("the server reads");
    assert_eq!(scene.end().await, CloseReason::Closed);
    let much = notify("tally.add", "").repeat(1000);
    in_time("the end of the connection", async { while pipe.write_all(&much).await.is_ok() {} })
        .await;
    scene.goes_on().await;
}

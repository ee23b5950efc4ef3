//! Peers that stop reading.

use std::time::Duration;

use nano::testing::RawClient;
use nano::{App, CloseReason, Session, Tcp, component};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use super::Scene;

#[derive(Debug)]
struct Feeder;

#[component]
impl Feeder {
    /// Pushes `count` times `size` bytes, and returns how many pushes were taken.
    #[handler]
    fn feed(&self, session: &Session, (count, size): (usize, usize)) -> usize {
        let food = vec![b'x'; size];
        (0..count).take_while(|_| session.push_bytes("onFood", &food).is_ok()).count()
    }

    /// Answers with a text of `size` bytes.
    #[handler]
    fn portion(&self, size: usize) -> String {
        "x".repeat(size)
    }
}

/// More is queued than the limit allows: the session is closed at once, with the reason.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_closed_at_the_limit() {
    let app = App::new().component(Feeder).outbound_limit(256 * 1024);
    let mut scene = Scene::of(app).await;
    let mut client = scene.native_player().await;
    client.request(2, "feeder.feed", "[1000,1024]").await;
    let since = Instant::now();
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    assert!(since.elapsed() < Duration::from_millis(10), "no deadline is waited for");
    scene.goes_on().await;
    // Packets that were with the transport already still come, whole, and then the reason.
    assert_eq!(client.kick_reason().await, "slow_consumer");
    client.expect_closed().await;
    scene.no_other_end();
}

/// Requests wait until there is room for their replies: to ask for much at once is no fault of a peer that reads.
#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_for_more_than_its_queue_holds_is_answered_as_it_reads() {
    let app = App::new().component(Feeder).outbound_limit(128 * 1024);
    let mut scene = Scene::of(app).await;
    let mut client = scene.player().await;
    for id in 2..202 {
        client.request(id, "feeder.portion", "8000").await;
    }
    // The server handles what it can before the first reply is read.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for id in 2..202 {
        let reply = client.message().await;
        assert_eq!((reply.id, reply.body.len()), (id, 8002));
    }
    scene.no_other_end();
}

/// Less is queued than the limit allows, but the peer takes none of it. The writer must not wait for its
/// own full queue, because nothing would ever end the session.
#[tokio::test(start_paused = true)]
async fn trap_07_a_stalled_writer_meets_its_deadline() {
    let limit = Duration::from_secs(5);
    let app = App::new().component(Feeder).write_timeout(limit);
    let mut scene = Scene::of(app).await;
    let mut client = scene.player().await;
    let since = Instant::now();
    client.request(2, "feeder.feed", "[200,1024]").await;
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    let took = since.elapsed();
    assert!((limit..limit + Duration::from_millis(10)).contains(&took), "{took:?}");
    scene.goes_on().await;
}

/// A peer that takes a little now and then is too slow as well, because the deadline is for a whole batch.
#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_a_byte_per_second() {
    use tokio::io::AsyncReadExt;

    let mut scene = Scene::of(App::new().component(Feeder)).await;
    let mut pipe = scene.app.pipe();
    let mut script = Vec::new();
    script.extend_from_slice(&super::packet(1, ""));
    script.extend_from_slice(&super::packet(2, ""));
    script.extend_from_slice(&super::packet(4, b"\x00\x02\x0bfeeder.feed[600,1024]"));
    tokio::io::AsyncWriteExt::write_all(&mut pipe, &script).await.expect("the server reads");
    let since = Instant::now();
    let reader = tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            if pipe.read_u8().await.is_err() {
                return;
            }
        }
    });
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    assert_eq!(since.elapsed().as_secs(), 10);
    scene.goes_on().await;
    reader.abort();
}

async fn connect(scene: &Scene) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small window");
    let address = scene.app.server().addresses()[0];
    socket.connect(address).await.expect("the port is open")
}

/// Over TCP the kernel takes some megabytes before it refuses; then the window is zero, and only a
/// deadline of the server's own ends it.
#[tokio::test]
async fn trap_08_a_peer_with_a_zero_window_is_reaped() {
    let app = App::new()
        .component(Feeder)
        .listen(Tcp::bind("127.0.0.1:0"))
        .outbound_limit(64 << 20)
        .write_timeout(Duration::from_millis(200));
    let mut scene = Scene::of(app).await;
    let mut client = RawClient::new(connect(&scene).await);
    client.open().await;
    client.request(2, "feeder.feed", "[512,65000]").await;
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    scene.goes_on().await;
    scene.no_other_end();
}

#[tokio::test]
async fn a_tcp_peer_that_does_not_read_is_closed_at_the_limit() {
    let app = App::new()
        .component(Feeder)
        .listen(Tcp::bind("127.0.0.1:0"))
        .write_timeout(Duration::from_secs(600));
    let mut scene = Scene::of(app).await;
    let mut client = RawClient::new(connect(&scene).await);
    client.open_as(json!({ "sys": { "features": [] } })).await;
    client.request(2, "feeder.feed", "[512,65000]").await;
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    scene.goes_on().await;
    assert_eq!(client.kick_reason().await, "slow_consumer");
    client.expect_closed().await;
}

/// Pipelined requests whose answers nobody reads wait, until the write deadline is over.
#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_and_does_not_read() {
    let limit = Duration::from_secs(5);
    let mut scene = Scene::of(App::new().outbound_limit(70_000).write_timeout(limit)).await;
    let mut client = scene.native_player().await;
    let since = Instant::now();
    let text = serde_json::to_string(&"y".repeat(10_000)).expect("a text");
    for id in 2..20 {
        // The server may have closed already.
        if client
            .try_send(super::packet(
                4,
                [b"\x00", &[id][..], b"\x0aarena.echo", text.as_bytes()].concat(),
            ))
            .await
            .is_err()
        {
            break;
        }
    }
    assert_eq!(scene.end().await, CloseReason::SlowConsumer);
    let took = since.elapsed();
    assert!((limit..limit + Duration::from_millis(10)).contains(&took), "{took:?}");
    scene.goes_on().await;
}

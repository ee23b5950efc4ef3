//! Peers that are slow, or have gone without a close.

use std::time::Duration;

use nano::testing::RawClient;
use nano::{App, CloseReason, Tcp, component};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{Instant, interval, sleep};

use super::{Scene, packet};

const SECOND: Duration = Duration::from_secs(1);

/// Checks the length of a silence that was tolerated; the sweeper looks four times a second.
fn check_silence(since: Instant, limit: Duration) {
    let took = since.elapsed();
    assert!((limit..=limit + SECOND / 2).contains(&took), "{took:?}, the limit is {limit:?}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing() {
    let limit = 4 * SECOND;
    let mut scene = Scene::of(App::new().handshake_timeout(limit)).await;
    let connected = Instant::now();
    let mut client = scene.app.raw();
    client.expect_closed().await;
    check_silence(connected, limit);
    scene.goes_on().await;
    scene.no_other_end();
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_acknowledges() {
    let limit = 4 * SECOND;
    let mut scene = Scene::of(App::new().handshake_timeout(limit)).await;
    let connected = Instant::now();
    let mut client = scene.app.raw();
    sleep(2 * SECOND).await;
    client.handshake(json!({ "sys": { "features": [] } })).await;
    assert_eq!(client.kick_reason().await, "handshake_timeout");
    check_silence(connected, limit);
    client.expect_closed().await;
    scene.goes_on().await;
    scene.no_other_end();
}

/// Single bytes do not move the deadline: it is that of the whole handshake.
#[tokio::test(start_paused = true)]
async fn a_handshake_of_one_byte_per_second() {
    let scene = Scene::start().await;
    let mut client = scene.app.raw();
    let mut seconds = interval(SECOND);
    let mut sent = 0;
    for byte in packet(1, json!({ "user": "x".repeat(100) }).to_string()) {
        seconds.tick().await;
        if client.try_send([byte]).await.is_err() {
            break;
        }
        sent += 1;
    }
    // The deadline is at ten seconds, and a second later the server has dropped the connection.
    assert!((10..=12).contains(&sent), "{sent} bytes were taken");
    client.expect_closed().await;
    scene.goes_on().await;
}

/// Only whole packets are a sign of life.
#[tokio::test(start_paused = true)]
async fn a_packet_of_one_byte_per_second() {
    let mut scene = Scene::of(App::new().heartbeat(2 * SECOND)).await;
    let mut client = scene.native_player().await;
    let since = Instant::now();
    let mut seconds = interval(SECOND);
    for byte in packet(4, [0; 100]) {
        seconds.tick().await;
        if client.try_send([byte]).await.is_err() {
            break;
        }
    }
    assert!(since.elapsed() < 10 * SECOND, "{:?}", since.elapsed());
    assert_eq!(client.kick_reason().await, "heartbeat_timeout");
    assert_eq!(scene.end().await, CloseReason::HeartbeatTimeout);
    scene.goes_on().await;
}

/// The connection is not closed, but nobody is at its other end.
#[tokio::test(start_paused = true)]
async fn a_peer_that_dies_without_a_word() {
    let mut scene = Scene::of(App::new().heartbeat(3 * SECOND)).await;
    let client = scene.player().await;
    let since = Instant::now();
    assert_eq!(scene.end().await, CloseReason::HeartbeatTimeout);
    check_silence(since, 3 * 3 * SECOND);
    scene.goes_on().await;
    scene.no_other_end();
    drop(client);
}

/// Packets of any kind keep a session alive, its own heartbeats or not.
#[tokio::test(start_paused = true)]
async fn a_peer_that_only_notifies_is_alive() {
    let mut scene = Scene::of(App::new().heartbeat(SECOND)).await;
    let mut client = scene.player().await;
    let mut ticks = interval(2 * SECOND);
    for _ in 0..10 {
        ticks.tick().await;
        client.notify("arena.ignore", "").await;
    }
    client.request(2, "arena.add", "[1,2]").await;
    assert_eq!(client.message().await.json(), 3);
    scene.no_other_end();
}

struct Slow;

#[component]
impl Slow {
    #[handler]
    async fn think(&self, seconds: u64) -> u64 {
        sleep(Duration::from_secs(seconds)).await;
        seconds
    }
}

/// While a handler runs, its session's heartbeats are not read: that must not count as silence.
#[tokio::test(start_paused = true)]
async fn trap_16_a_long_handler_does_not_end_its_session() {
    let app = App::new().component(Slow).heartbeat(SECOND).handler_timeout(100 * SECOND);
    let mut scene = Scene::of(app).await;
    let mut client = scene.player().await;
    let asked = Instant::now();
    client.request(5, "slow.think", "60").await;
    // The client may also be silent meanwhile, because the server keeps it waiting.
    let mut heartbeats = 0;
    let reply = loop {
        let packet = nano_packet(&mut client, asked, 60 * SECOND).await;
        match packet.kind {
            nano::codec::PacketKind::Heartbeat => heartbeats += 1,
            _ => break packet,
        }
    };
    assert_eq!(reply.kind, nano::codec::PacketKind::Data);
    assert_eq!(asked.elapsed().as_secs(), 60);
    assert!((58..=60).contains(&heartbeats), "{heartbeats} heartbeats came meanwhile");
    scene.no_other_end();
    // From here on the client's silence counts again.
    assert_eq!(scene.end().await, CloseReason::HeartbeatTimeout);
    check_silence(asked + 60 * SECOND, 3 * SECOND);
    scene.goes_on().await;
}

async fn nano_packet(
    client: &mut RawClient,
    since: Instant,
    limit: Duration,
) -> nano::codec::Packet {
    let packet = client.packet().await.expect("a session that goes on");
    assert!(since.elapsed() <= limit + SECOND, "nothing but heartbeats for {:?}", since.elapsed());
    packet
}

/// The deadline over a real socket is the same.
#[tokio::test]
async fn a_peer_that_says_nothing_on_a_tcp_port() {
    let app = App::new().listen(Tcp::bind("127.0.0.1:0")).handshake_timeout(SECOND);
    let mut scene = Scene::of(app).await;
    let address = scene.app.server().addresses()[0];
    let mut client = RawClient::new(TcpStream::connect(address).await.expect("the port is open"));
    client.expect_closed().await;
    drop(client);
    scene.is_served().await;
    scene.no_other_end();
}

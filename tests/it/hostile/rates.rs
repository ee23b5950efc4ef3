//! Peers that send more than their rate: messages, heartbeats, bytes.

use std::time::Duration;

use nano::testing::RawClient;
use nano::{App, CloseReason, OverRate};
use tokio::time::Instant;

use super::{Scene, packet};
use crate::promises::support::Logged;

const RATE: u32 = 100;

fn ping(id: u8) -> Vec<u8> {
    packet(4, [&[0, id][..], b"\x09arena.add[1,1]"].concat())
}

/// Sends 500 requests at once, and returns the time until all are answered, in order.
async fn answered(client: &mut RawClient, request: impl Fn(u8) -> Vec<u8>) -> Duration {
    let since = Instant::now();
    for round in 0..5 {
        client.send((1..=100).flat_map(&request).collect::<Vec<u8>>()).await;
        for id in 1..=100 {
            assert_eq!(client.message().await.id, id, "round {round}");
        }
    }
    since.elapsed()
}

/// A client that sends too fast is read more slowly. Nothing of it is lost, and others do not wait.
#[tokio::test(start_paused = true)]
async fn a_client_that_sends_too_fast_waits() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let bytes = u32::try_from(ping(1).len()).expect("a short packet") * RATE;
    for app in [App::new().packet_rate(RATE), App::new().byte_rate(bytes)] {
        let mut scene = Scene::of(app).await;
        let mut client = scene.player().await;
        let took = answered(&mut client, ping).await;
        assert!((3000..4500).contains(&took.as_millis()), "500 at {RATE} a second: {took:?}");
        // Those of the default limits are far away.
        scene.is_served().await;
        scene.no_other_end();
    }
    let lines = logged.of("WARN");
    assert!(lines.iter().all(|line| line.contains("a client sends faster than it may")));
    assert!((2..12).contains(&lines.len()), "one a second, and not one a wait: {lines:?}");
}

/// Heartbeats are no way around the rate.
#[tokio::test(start_paused = true)]
async fn a_flood_of_heartbeats_is_counted() {
    let app = App::new().packet_rate(RATE).over_rate(OverRate::Close);
    let mut scene = Scene::of(app).await;
    let mut client = scene.native_player().await;
    client.send(packet(3, "").repeat(1000)).await;
    assert_eq!(scene.end().await, CloseReason::RateLimited);
    assert_eq!(client.kick_reason().await, "rate_limited");
    client.expect_closed().await;
    scene.goes_on().await;
}

/// A client that is not read is not silent: a single packet may be worth more time than that of the heartbeats.
#[tokio::test(start_paused = true)]
async fn a_client_that_waits_for_its_rate_does_not_look_dead() {
    let app = App::new().byte_rate(100).heartbeat(Duration::from_secs(1));
    let mut scene = Scene::of(app).await;
    let mut client = scene.app.raw();
    client.open().await;
    let since = Instant::now();
    client.request(1, "arena.echo", format!("\"{}\"", "x".repeat(2000))).await;
    while client.packet().await.expect("an open connection").kind != nano::codec::PacketKind::Data {
    }
    client.request(2, "arena.add", "[1,1]").await;
    while client.packet().await.expect("an open connection").kind != nano::codec::PacketKind::Data {
    }
    assert!((15..25).contains(&since.elapsed().as_secs()), "{:?}", since.elapsed());
    scene.no_other_end();
}

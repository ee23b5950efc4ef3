//! Clients that break the rules of the handshake.

use std::time::Duration;

use nano::testing::RawClient;
use serde_json::json;
use tokio::time::{Instant, interval};

use super::{Scene, packet};

/// Checks that a new client that sends `bytes` is kicked for them.
async fn kicked(bytes: Vec<u8>, reason: &str) {
    let mut scene = Scene::start().await;
    let mut client = scene.app.raw();
    client.send(bytes).await;
    assert_eq!(client.kick_reason().await, format!("protocol_error: {reason}"));
    client.expect_closed().await;
    scene.goes_on().await;
    scene.no_other_end();
}

/// Returns the handshake's reply, which must be the next packet.
async fn reply(client: &mut RawClient) -> serde_json::Value {
    let packet = client.packet().await.expect("a reply");
    serde_json::from_slice(&packet.body).expect("a reply in json")
}

/// In another framework the ack opened the session and skipped the checks of the handshake.
#[tokio::test(start_paused = true)]
async fn trap_01_ack_before_the_handshake() {
    let request = packet(4, b"\x00\x01\x09arena.add[1,2]");
    let bytes = [packet(2, ""), request].concat();
    kicked(bytes, "expected a handshake, got a handshake ack packet").await;
}

#[tokio::test(start_paused = true)]
async fn data_before_the_handshake() {
    let bytes = packet(4, b"\x00\x01\x09arena.add[1,2]");
    kicked(bytes, "expected a handshake, got a data packet").await;
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_before_the_handshake() {
    kicked(packet(3, ""), "expected a handshake, got a heartbeat packet").await;
}

#[tokio::test(start_paused = true)]
async fn a_kick_from_a_client() {
    kicked(packet(5, "{}"), "expected a handshake, got a kick packet").await;
}

#[tokio::test(start_paused = true)]
async fn http_on_a_port_for_packets() {
    let hint = "this looks like HTTP, for which there are WebSocket listeners";
    let reason = |byte| format!("unknown packet type {byte}, expected 1 to 5; {hint}");
    kicked(b"GET /nano HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), &reason(b'G')).await;
    kicked(b"POST / HTTP/1.1\r\n\r\n".to_vec(), &reason(b'P')).await;
    kicked(b"Garbage".to_vec(), "unknown packet type 71, expected 1 to 5").await;
}

#[tokio::test(start_paused = true)]
async fn anything_but_the_ack_after_the_handshake() {
    let check = async |kind: u8, name: &str| {
        let scene = Scene::start().await;
        let mut client = scene.app.raw();
        client.handshake(json!({})).await;
        client.send(packet(kind, "")).await;
        let reason = format!("protocol_error: expected the handshake's ack, got a {name} packet");
        assert_eq!(client.kick_reason().await, reason);
        client.expect_closed().await;
        scene.goes_on().await;
    };
    check(1, "handshake").await;
    check(4, "data").await;
    check(5, "kick").await;
}

/// Godot clients beat as soon as they know the interval.
#[tokio::test(start_paused = true)]
async fn f5_a_heartbeat_before_the_ack() {
    let scene = Scene::start().await;
    let mut client = scene.app.raw();
    client.handshake(json!({})).await;
    for _ in 0..3 {
        client.send(packet(3, "")).await;
    }
    client.ack().await;
    client.request(1, "arena.add", "[1,2]").await;
    assert_eq!(client.message().await.json(), 3);
    // It is not the ack, and does not move its deadline.
    let mut other = scene.app.raw();
    other.handshake(json!({})).await;
    let told = Instant::now();
    let mut beats = interval(Duration::from_secs(1));
    loop {
        beats.tick().await;
        if other.try_send(packet(3, "")).await.is_err() {
            break;
        }
    }
    assert!(told.elapsed() < Duration::from_secs(13), "{:?}", told.elapsed());
    drop((client, other));
    scene.goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_second_handshake_or_ack_at_work() {
    let check = async |kind: u8, name: &str| {
        let mut scene = Scene::start().await;
        let mut client = scene.player().await;
        client.send(packet(kind, "")).await;
        let detail = format!("expected data or a heartbeat, got a {name} packet");
        assert_eq!(client.kick_reason().await, format!("protocol_error: {detail}"));
        client.expect_closed().await;
        assert_eq!(scene.end().await.to_string(), format!("protocol_error: {detail}"));
        scene.goes_on().await;
        scene.no_other_end();
    };
    check(1, "handshake").await;
    check(2, "handshake ack").await;
    check(5, "kick").await;
}

/// The refusal is sent before the connection closes.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_cannot_be_read_is_refused() {
    let check = async |body: Vec<u8>, code: u16| {
        let mut scene = Scene::start().await;
        let mut client = scene.app.raw();
        client.send(packet(1, &body)).await;
        assert_eq!(reply(&mut client).await, json!({ "code": code }), "{body:?}");
        client.expect_closed().await;
        scene.goes_on().await;
        scene.no_other_end();
    };
    check(b"{".to_vec(), 500).await;
    check(b"\xff\xfe".to_vec(), 500).await;
    check(b"[1]".to_vec(), 500).await;
    check(br#"{"sys":7}"#.to_vec(), 500).await;
    check(br#"{"sys":{"libVersion":"1","platform":"mac"},"user":"#.to_vec(), 400).await;
    // Deep enough to overflow the stack of a parser that recurses without a limit.
    check("[".repeat(8 * 1024).into_bytes(), 500).await;
    let deep = format!(r#"{{"sys":{}1{}}}"#, r#"{"a":"#.repeat(1000), "}".repeat(1000));
    check(deep.into_bytes(), 500).await;
}

/// The limit of the handshake is below that of other packets, and its header alone is enough.
#[tokio::test(start_paused = true)]
async fn an_oversize_handshake_is_refused_by_its_header() {
    kicked(vec![1, 0, 0x20, 1], "packet body of 8193 bytes exceeds the limit of 8192").await;

    let scene = Scene::start().await;
    let mut client = scene.app.raw();
    let mut body = br#"{"user":""#.to_vec();
    body.resize(8 * 1024 - 2, b'x');
    body.extend_from_slice(b"\"}");
    client.send(packet(1, body)).await;
    assert_eq!(reply(&mut client).await["code"], 200, "8192 bytes are allowed");
}

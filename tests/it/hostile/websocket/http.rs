//! HTTP requests before the upgrade, or instead of it.

use super::peer::{BINARY, FIN, Peer, frame, request};
use super::{packet, scene};

/// Checks that a new connection that sends `bytes` is answered with `status` and a text in which `text` occurs,
/// and then closed.
async fn answered(bytes: impl AsRef<[u8]>, status: &str, text: &str) {
    let mut scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(bytes).await;
    let head = peer.head().await;
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    let body = peer.rest().await;
    assert!(body.contains(text), "{body}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}{body}");
    scene.goes_on().await;
    scene.no_other_end();
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a browser\r\n\r\n")
}

/// In another framework a browser that opened the port got an error about a missing token.
#[tokio::test]
async fn trap_24_the_port_says_what_it_is_for() {
    answered(get("/favicon.ico"), "404", "the WebSocket is at /nano").await;
    answered(get("/"), "404", "the WebSocket is at /nano").await;
    answered(get("/nano"), "426", "speaks the nano protocol over WebSocket").await;
}

#[tokio::test]
async fn an_upgrade_at_another_path() {
    answered(request("/nano/"), "404", "the WebSocket is at /nano").await;
    answered(request("/other"), "404", "the WebSocket is at /nano").await;
}

#[tokio::test]
async fn an_upgrade_that_is_not_quite_one() {
    answered(request("/nano").replace("Version: 13", "Version: 8"), "426", "WebSocket").await;
    answered(request("/nano").replace("Sec-WebSocket-Key", "X-Key"), "426", "WebSocket").await;
    answered(request("/nano").replace("GET", "POST"), "400", "no request for it").await;
}

#[tokio::test]
async fn garbage_instead_of_a_request() {
    answered(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400", "no request for it").await;
    answered(packet(1, "{}"), "400", "no request for it").await;
    answered([0xff; 4096], "400", "no request for it").await;
}

/// The refusal arrives although the rest of the head was not read.
#[tokio::test]
async fn a_head_over_the_limit() {
    let cookie = format!("Cookie: {}\r\n\r\n", "c".repeat(9 * 1024));
    let long = request("/nano").replace("\r\n\r\n", &format!("\r\n{cookie}"));
    answered(long, "431", "exceeds 8192 bytes").await;
    answered("x".repeat(64 * 1024), "431", "exceeds 8192 bytes").await;
    let long = get(&format!("/{}", "x".repeat(32 * 1024)));
    answered(long, "431", "exceeds 8192 bytes").await;
}

#[tokio::test]
async fn a_path_with_a_query_and_data_behind_the_request() {
    let scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    let mut bytes = request("/nano?token=7").into_bytes();
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(1, "")));
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(2, "")));
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(4, b"\x00\x01\x09arena.add[1,2]")));
    peer.send(bytes).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(peer.packet().await.0, 1);
    assert_eq!(peer.packet().await, (4, b"\x04\x013".to_vec()));
    scene.is_served().await;
}

#[tokio::test]
async fn a_peer_that_leaves_within_its_request() {
    let scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(&request("/nano")[..40]).await;
    drop(peer);
    scene.goes_on().await;
}

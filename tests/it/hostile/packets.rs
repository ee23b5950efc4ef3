//! Bytes that are no packets, and packets that are no messages.

use bytes::BytesMut;
use nano::App;
use nano::codec::{MessageHead, MessageKind, Route, zlib};
use serde_json::json;

use super::{Scene, packet};

/// Checks that a player that sends `bytes` is kicked for them.
async fn kicked(bytes: Vec<u8>, reason: &str) {
    let mut scene = Scene::start().await;
    let mut client = scene.player().await;
    client.send(&bytes).await;
    let reason = format!("protocol_error: {reason}");
    assert_eq!(client.kick_reason().await, reason, "{bytes:02x?}");
    client.expect_closed().await;
    assert_eq!(scene.end().await.to_string(), reason);
    scene.goes_on().await;
    scene.no_other_end();
}

#[tokio::test(start_paused = true)]
async fn an_unknown_packet_type() {
    for kind in [0, 6, 0x80, 0xff] {
        let reason = format!("unknown packet type {kind}, expected 1 to 5");
        kicked(packet(kind, ""), &reason).await;
    }
    kicked(b"GET / HTTP/1.1\r\n\r\n".to_vec(), "unknown packet type 71, expected 1 to 5").await;
}

/// The header is enough: the server does not wait for the body.
#[tokio::test(start_paused = true)]
async fn trap_22_an_oversize_packet_is_told_why() {
    kicked(vec![4, 1, 0, 1], "packet body of 65537 bytes exceeds the limit of 65536").await;
    kicked(vec![4, 255, 255, 255], "packet body of 16777215 bytes exceeds the limit of 65536")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_at_the_limit_is_served() {
    let scene = Scene::start().await;
    let mut client = scene.player().await;
    let head = b"\x00\x02\x0aarena.echo";
    let text = "x".repeat(65_536 - head.len() - 2);
    let body = [head, format!("\"{text}\"").as_bytes()].concat();
    assert_eq!(body.len(), 65_536);
    client.send(packet(4, body)).await;
    assert_eq!(client.message().await.json(), text);
}

#[tokio::test(start_paused = true)]
async fn a_data_packet_without_a_message() {
    kicked(packet(4, ""), "message is empty, expected at least a flag").await;
}

/// In another framework the truncated code ended the whole process.
#[tokio::test(start_paused = true)]
async fn trap_02_truncated_compressed_route_costs_its_session_only() {
    for body in [&b"\x03"[..], b"\x03\x00", b"\x01\x05", b"\x01\x05\x00", b"\x00\x01"] {
        kicked(packet(4, body), "message ends inside its route").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_that_does_not_end() {
    let endless = [&[0][..], &[0x80; 20], b"\x01\x03a.b"].concat();
    kicked(packet(4, endless), "message id exceeds the limit of 64 bits in ten bytes").await;
    let beyond = [&[0][..], &[0xff; 9], b"\x02\x03a.b"].concat();
    kicked(packet(4, beyond), "message id exceeds the limit of 64 bits in ten bytes").await;
    kicked(packet(4, b"\x00\x80\x80"), "message ends inside its id").await;
    kicked(packet(4, b"\x00"), "message ends inside its id").await;
}

#[tokio::test(start_paused = true)]
async fn the_largest_id_is_answered() {
    let scene = Scene::start().await;
    let mut client = scene.player().await;
    client.request(u64::MAX, "arena.add", "[1,2]").await;
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (u64::MAX, json!(3)));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_code() {
    for code in [0, 4, 0xffff_u16] {
        let body = [&[1, 1][..], &code.to_be_bytes(), b"[]"].concat();
        kicked(packet(4, body), &format!("unknown route code {code}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_not_text() {
    kicked(packet(4, b"\x00\x01\x02\xff\xfe[]"), "route is not valid utf-8").await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_message_type() {
    for bits in 4..8_u8 {
        let reason = format!("unknown message type {bits}, expected 0 to 3");
        kicked(packet(4, [bits << 1, 1, 1, b'a']), &reason).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_or_a_push_from_a_client() {
    let reason = "a client sends requests and notifies only";
    kicked(packet(4, b"\x04\x01{}"), reason).await;
    kicked(packet(4, b"\x06\x09arena.add{}"), reason).await;
}

/// A request is answered with an error, a notify is not, and the session goes on.
#[tokio::test(start_paused = true)]
async fn an_unknown_route() {
    let scene = Scene::start().await;
    let mut client = scene.player().await;
    client.notify("arena.nothing", "[]").await;
    client.request(7, "arena.nothing", "[]").await;
    let reply = client.message().await;
    let error = json!({ "code": "not_found", "msg": "no route `arena.nothing`" });
    assert_eq!((reply.id, reply.json()), (7, json!({ "code": 500, "error": error })));

    // A peer's text is cleaned and cut before it goes into a reply and the log.
    let long = "\u{1b}[2J".to_owned() + &"a".repeat(200);
    client.request(8, &long, "[]").await;
    let told = client.message().await.json();
    let text = told["error"]["msg"].as_str().expect("a text");
    assert!(text.starts_with(r"no route `\u{1b}[2Jaaa") && text.len() < 100, "{text}");

    client.request(9, "", "[]").await;
    assert_eq!(client.message().await.json()["error"]["code"], "not_found");
    scene.is_served().await;
    client.request(10, "arena.add", "[2,2]").await;
    assert_eq!(client.message().await.json(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_payload_that_does_not_decode() {
    let scene = Scene::of(App::new().bad_request_details(false)).await;
    let mut client = scene.player().await;
    let deep = "[".repeat(60_000);
    for body in ["", "[1]", "[1,2,3]", "[1,2", "nonsense", "{\"a\":1}", "\u{0}", &deep] {
        client.notify("arena.add", body).await;
        client.request(3, "arena.add", body).await;
        let reply = client.message().await;
        let error = json!({ "code": "bad_request", "msg": "the payload does not decode" });
        assert_eq!((reply.id, reply.json()), (3, json!({ "code": 500, "error": error })));
    }
    client.request(4, "arena.echo", b"\"\xff\xff\"").await;
    assert_eq!(client.message().await.json()["error"]["code"], "bad_request");
    client.request(5, "arena.add", "[2,3]").await;
    assert_eq!(client.message().await.json(), 5);
    scene.is_served().await;
}

/// In another framework a small packet inflated to as much memory as its sender liked.
#[tokio::test(start_paused = true)]
async fn trap_03_inflate_is_bounded_in_the_server() {
    let scene = Scene::start().await;
    let mut client = scene.player().await;
    let head = |id| MessageHead {
        kind: MessageKind::Request,
        id,
        route: Route::Name("arena.echo"),
        compressed: true,
        error: false,
    };
    let bomb = zlib::deflate(format!("\"{}\"", " ".repeat(8 << 20)).as_bytes());
    let bomb = bomb.expect("blanks compress well");
    let mut truncated = bomb.clone();
    truncated.truncate(40);
    for (id, body) in [(1, &bomb[..]), (2, &truncated), (3, b"no zlib at all"), (4, b"")] {
        client.send_message(head(id), body).await;
        let reply = client.message().await;
        assert_eq!(reply.id, id);
        assert_eq!(reply.json()["error"]["code"], "bad_request", "{id}");
    }
    let fair = zlib::deflate(format!("\"{}\"", "a".repeat(60_000)).as_bytes());
    client.send_message(head(5), fair.expect("it compresses well")).await;
    assert_eq!(client.message().await.json(), "a".repeat(60_000));
    scene.is_served().await;
}

/// Legal requests before a violation are answered.
#[tokio::test(start_paused = true)]
async fn what_came_before_a_violation_is_answered() {
    let scene = Scene::start().await;
    let mut client = scene.player().await;
    let mut bytes = BytesMut::new();
    bytes.extend_from_slice(&packet(4, b"\x00\x05\x09arena.add[1,2]"));
    bytes.extend_from_slice(&packet(9, ""));
    bytes.extend_from_slice(&packet(4, b"\x00\x06\x09arena.add[1,2]"));
    client.send(bytes).await;
    assert_eq!(client.message().await.id, 5);
    let next = client.packet().await.expect("a kick");
    assert_eq!(next.kind, nano::codec::PacketKind::Kick);
    client.expect_closed().await;
    scene.goes_on().await;
}

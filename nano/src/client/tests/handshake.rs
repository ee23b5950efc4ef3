//! Tests of the opening.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, duplex};

use super::fake::{Fake, connect, open, push, welcome};
use crate::client::{Client, ClientBuilder, Dialect};
use crate::codec::{PacketKind, Route, zlib};
use crate::serializer::Json;
use crate::{ErrorKind, Result};

#[tokio::test]
async fn the_client_says_who_it_is() {
    async fn check(builder: ClientBuilder<Json>, expected: Value) {
        let (_client, _server, request) = open(builder, welcome()).await;
        assert_eq!(request, expected);
    }
    let version = env!("CARGO_PKG_VERSION");
    let features = ["errors", "zlib"];
    check(
        Client::builder(),
        json!({ "sys": { "type": "nano-rust", "version": version, "features": features } }),
    )
    .await;
    check(
        Client::builder().client_type("bot").version("7").features(["zlib"]).user(json!({ "a": 1 })),
        json!({ "sys": { "type": "bot", "version": "7", "features": ["zlib"] }, "user": { "a": 1 } }),
    )
    .await;
    check(
        Client::builder().dialect(Dialect::Nano).version("7"),
        json!({ "sys": { "type": "js-websocket", "version": "7" } }),
    )
    .await;
    check(
        Client::builder().dialect(Dialect::Pitaya),
        json!({ "sys": {
            "platform": "linux",
            "libVersion": "0.3.5-release",
            "clientBuildNumber": "1",
            "clientVersion": "1.0.0",
        } }),
    )
    .await;
}

#[tokio::test]
async fn the_servers_reply_can_be_seen() {
    let (client, _server) = connect().await;
    assert_eq!(client.handshake(), &welcome());
    let dictionary: Vec<_> = client.dictionary().into_iter().collect();
    assert_eq!(dictionary, [("onNews".to_owned(), 2), ("room.join".to_owned(), 1)]);
    assert!(!client.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_fails_says_why() {
    async fn check(kind: PacketKind, body: &str, expected: &str) {
        let (near, far) = duplex(1024);
        let mut server = Fake::new(far);
        let answer = async {
            server.expect(PacketKind::Handshake).await;
            server.send(kind, body).await;
            server
        };
        let (client, _server) = tokio::join!(Client::builder().over(near), answer);
        assert_eq!(format!("{:?}", client.expect_err("nobody accepts that")), expected);
    }
    let refused = "501: server refused the handshake with code 501 (Rejected)";
    check(PacketKind::Handshake, r#"{"code":501}"#, refused).await;
    let protobuf = r#"{"code":200,"sys":{"serializer":"protobuf"}}"#;
    let mismatch = "server speaks protobuf, the client's serializer is json (Config)";
    check(PacketKind::Handshake, protobuf, mismatch).await;
    let kicked = "kicked: too many handshakes (Rejected)";
    check(PacketKind::Kick, r#"{"reason":"too many handshakes"}"#, kicked).await;
    let away = "kicked by the server: full (Closed)";
    check(PacketKind::Kick, r#"{"reason":"full","reconnectIn":5000}"#, away).await;
    check(PacketKind::Data, "", "Data packet before the handshake (Protocol)").await;
    let ack = "HandshakeAck packet before the handshake (Protocol)";
    check(PacketKind::HandshakeAck, "", ack).await;
    // Counts as no answer.
    let silence = "server did not answer the handshake within 10s (Timeout)";
    check(PacketKind::Heartbeat, "", silence).await;
}

#[tokio::test]
async fn f7_a_compressed_reply_is_inflated_and_what_follows_keeps_its_order() {
    let routes: serde_json::Map<_, _> =
        (1..=2000).map(|code| (format!("connector.room.handler{code}"), json!(code))).collect();
    let reply = json!({ "code": 200, "sys": { "dict": routes, "serializer": "json" } }).to_string();
    let reply = zlib::deflate(reply.as_bytes()).expect("routes compress well");
    assert_eq!(reply[0], 0x78);
    let (near, far) = duplex(64 * 1024);
    let mut server = Fake::new(far);
    let (log, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let builder = Client::builder().on("connector.room.handler2000", move |n: i64| {
        log.send(n).expect("the test listens");
    });
    let (client, ()) = tokio::join!(builder.over(near), async {
        server.expect(PacketKind::Handshake).await;
        server.send(PacketKind::Handshake, &reply).await;
        server.send(PacketKind::Heartbeat, "").await;
        for body in ["1", "2", "3"] {
            server.say(push(Route::Code(2000)), body).await;
        }
    });
    let client = client.expect("the server accepts");
    for expected in 1..=3 {
        assert_eq!(seen.recv().await, Some(expected));
    }
    assert_eq!(client.dictionary().len(), 2000);

    let (near, far) = duplex(64 * 1024);
    let mut server = Fake::new(far);
    let (client, ()) = tokio::join!(Client::builder().over(near), async {
        server.expect(PacketKind::Handshake).await;
        server.send(PacketKind::Handshake, &reply[..reply.len() - 5]).await;
    });
    let error = client.expect_err("the stream is cut");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().starts_with("handshake reply could not be read"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_server_is_told_apart() {
    async fn over(bytes: &[u8]) -> Result<Client> {
        let (near, mut far) = duplex(1024);
        far.write_all(bytes).await.expect("the pipe has room");
        far.shutdown().await.expect("the pipe is open");
        Client::builder().over(near).await
    }
    let kind = |opened: Result<Client>| opened.expect_err("this is no server").kind();
    assert_eq!(kind(over(b"HTTP/1.1 400 Bad Request\r\n").await), ErrorKind::Protocol);
    assert_eq!(kind(over(&[1, 0xff, 0xff, 0xff]).await), ErrorKind::TooLarge);
    assert_eq!(kind(over(&[1, 0, 0, 1, b'{']).await), ErrorKind::Protocol);
    assert_eq!(kind(over(&[1, 0]).await), ErrorKind::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_not_waited_for() {
    let (near, _far) = duplex(1024);
    let limit = Duration::from_secs(3);
    let error = Client::builder().handshake_timeout(limit).over(near).await;
    let error = error.expect_err("nobody answers");
    assert_eq!(error.to_string(), "server did not answer the handshake within 3s");
}

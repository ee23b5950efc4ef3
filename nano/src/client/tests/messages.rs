//! Tests of requests, replies and notifies.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::io::duplex;
use tokio::time::Instant;

use super::fake::{Fake, connect, open, response, welcome};
use crate::ErrorKind;
use crate::client::{Client, CloseReason, Dialect};
use crate::codec::{MessageHead, PacketKind, zlib};
use crate::serializer::Protobuf;

#[derive(Clone, PartialEq, prost::Message)]
struct Name {
    #[prost(string, tag = "1")]
    name: String,
}

#[tokio::test]
async fn a_request_gets_its_reply() {
    let (client, mut server) = connect().await;
    let (sum, ()) = tokio::join!(client.request::<_, i64>("math.add", &[1, 2]), async {
        let request = server.message().await;
        assert_eq!((request.route.as_str(), &request.body[..]), ("math.add", &b"[1,2]"[..]));
        server.reply(request.id, "3").await;
    });
    assert_eq!(sum.expect("the server replied"), 3);
}

#[tokio::test]
async fn every_form_of_request_and_notify_is_sent() {
    let (client, mut server) = connect().await;
    let echo = async {
        for _ in 0..3 {
            let request = server.message().await;
            server.reply(request.id, request.body).await;
        }
        server
    };
    let requests = async {
        let body = Bytes::from_static(b"\"x\"");
        assert_eq!(client.request_bytes("a.b", body.clone()).await.expect("echo"), body);
        assert_eq!(client.request_with("a.b", &"x").await.expect("echo"), body);
        let text: String = client.request_bytes_as("a.b", body).await.expect("echo");
        assert_eq!(text, "x");
    };
    let (mut server, ()) = tokio::join!(echo, requests);

    client.notify("a.b", &"x").await.expect("there is room");
    client.notify_bytes("a.b", Bytes::from_static(b"raw")).await.expect("there is room");
    let first = server.message().await;
    assert_eq!((first.id, &first.body[..]), (0, &b"\"x\""[..]));
    assert_eq!(&server.message().await.body[..], b"raw");
}

#[tokio::test]
async fn protobuf_payloads_and_errors_work_alike() {
    let builder = Client::builder().serializer(Protobuf);
    let (client, mut server, _) = open(builder, welcome()).await;
    let name = Name { name: "ann".to_owned() };
    let (replies, ()) = tokio::join!(
        async {
            let first = client.request::<Name, Name>("a.b", &name).await;
            (first, client.request::<Name, Name>("a.b", &name).await)
        },
        async {
            let request = server.message().await;
            assert_eq!(&request.body[..], b"\x0a\x03ann");
            server.reply(request.id, request.body).await;
            let id = server.message().await.id;
            let head = MessageHead { error: true, ..response(id) };
            server.say(head, b"\x0a\x04full\x12\x01x").await;
        }
    );
    assert_eq!(replies.0.expect("the first is echoed"), name);
    assert_eq!(replies.1.expect_err("the second is refused").to_string(), "full: x");
}

#[tokio::test]
async fn trap_11_replies_in_any_order_reach_their_requests() {
    let (client, mut server) = connect().await;
    let requests = (0..3).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.request::<i64, i64>("echo.it", &n).await })
    });
    let requests: Vec<_> = requests.collect();
    let mut received = Vec::new();
    for _ in &requests {
        received.push(server.message().await);
    }
    for request in received.into_iter().rev() {
        server.reply(request.id, request.body).await;
    }
    for (n, request) in (0..).zip(requests) {
        assert_eq!(request.await.expect("no panic").expect("a reply"), n);
    }
}

#[tokio::test]
async fn routes_of_the_dictionary_are_sent_as_codes() {
    let (client, mut server) = connect().await;
    client.notify("room.join", &1).await.expect("there is room");
    client.notify("room.leave", &1).await.expect("there is room");
    assert_eq!(server.message().await.route, "#1");
    assert_eq!(server.message().await.route, "room.leave");
}

#[tokio::test]
async fn errors_are_read_in_the_form_that_was_announced() {
    const FLAGGED: &str = r#"{"code":"full","msg":"8 players"}"#;
    const PLAIN: &str = r#"{"code":500,"error":{"code":"full","msg":"8 players"}}"#;
    async fn check(dialect: Dialect, error: bool, body: &str, expected: Result<&str, &str>) {
        let builder = Client::builder().dialect(dialect);
        let (client, mut server, _) = open(builder, welcome()).await;
        let (reply, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
            let id = server.message().await.id;
            server.say(MessageHead { error, ..response(id) }, body).await;
        });
        let expected = expected.map(|body| Bytes::copy_from_slice(body.as_bytes()));
        assert_eq!(reply.map_err(|error| format!("{error:?}")), expected.map_err(str::to_owned));
    }
    let refused = Err("full: 8 players (Rejected)");
    check(Dialect::Native, true, FLAGGED, refused).await;
    check(Dialect::Native, false, PLAIN, Ok(PLAIN)).await;
    check(Dialect::Pitaya, true, FLAGGED, refused).await;
    check(Dialect::Pitaya, false, PLAIN, Ok(PLAIN)).await;
    check(Dialect::Nano, false, PLAIN, refused).await;
    check(Dialect::Nano, false, FLAGGED, Ok(FLAGGED)).await;
}

#[tokio::test]
async fn compressed_replies_are_inflated() {
    let (client, mut server) = connect().await;
    let text = "again ".repeat(100);
    let (reply, ()) = tokio::join!(client.request::<(), String>("a.b", &()), async {
        let id = server.message().await.id;
        let body = zlib::deflate(json!(text).to_string().as_bytes()).expect("it gets smaller");
        server.say(MessageHead { compressed: true, ..response(id) }, body).await;
    });
    assert_eq!(reply.expect("the server replied"), text);
}

#[tokio::test]
async fn trap_03_a_reply_that_inflates_beyond_the_limit_ends_the_connection() {
    let (client, mut server, _) = open(Client::builder().packet_limit(1000), welcome()).await;
    let (reply, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
        let id = server.message().await.id;
        let bomb = zlib::deflate(&[0; 100_000]).expect("zeros compress");
        server.say(MessageHead { compressed: true, ..response(id) }, bomb).await;
    });
    assert_eq!(reply.expect_err("the reply is refused").kind(), ErrorKind::Closed);
    assert!(matches!(client.closed().await, CloseReason::Broken { .. }));
}

#[tokio::test]
async fn payloads_that_do_not_fit_are_refused_and_nothing_is_sent() {
    let (client, mut server, _) = open(Client::builder().packet_limit(1000), welcome()).await;
    let too_large = client.request::<_, ()>("a.b", &"x".repeat(1000)).await;
    assert_eq!(too_large.expect_err("1000 bytes and a head").kind(), ErrorKind::TooLarge);
    let long_route = client.notify(&"r".repeat(256), &()).await;
    assert_eq!(long_route.expect_err("256 bytes").kind(), ErrorKind::TooLarge);
    let no_json = client.notify("a.b", &std::collections::HashMap::from([((1, 2), 3)])).await;
    assert_eq!(no_json.expect_err("keys are tuples").kind(), ErrorKind::Encode);
    assert_eq!(client.0.shared.pending.len(), 0);

    client.notify("a.b", &1).await.expect("there is room");
    assert_eq!(server.message().await.route, "a.b");
}

#[tokio::test]
async fn a_reply_of_another_type_is_a_decode_error() {
    let (client, mut server) = connect().await;
    let (reply, ()) = tokio::join!(client.request::<_, i64>("a.b", &()), async {
        let id = server.message().await.id;
        server.reply(id, "\"three\"").await;
    });
    assert_eq!(reply.expect_err("it is a text").kind(), ErrorKind::Decode);
    assert!(!client.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_request_times_out_and_its_late_reply_disturbs_nobody() {
    let (client, mut server) = connect().await;
    let start = Instant::now();
    let error = client.request::<_, i64>("a.b", &()).await.expect_err("nobody answers");
    assert_eq!(format!("{error:?}"), "a.b was not answered within 10s (Timeout)");
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(client.0.shared.pending.len(), 0);

    let late = server.message().await.id;
    server.reply(late, "1").await;
    let (reply, ()) = tokio::join!(client.request::<_, i64>("a.b", &()), async {
        let id = server.message().await.id;
        assert_ne!(id, late);
        server.reply(id, "2").await;
    });
    assert_eq!(reply.expect("the server replied"), 2);
}

#[tokio::test]
async fn a_dropped_request_is_forgotten() {
    let (client, mut server) = connect().await;
    let request = tokio::spawn({
        let client = client.clone();
        async move { client.request::<_, i64>("a.b", &()).await }
    });
    server.message().await;
    assert_eq!(client.0.shared.pending.len(), 1);
    request.abort();
    assert!(request.await.is_err());
    assert_eq!(client.0.shared.pending.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn notify_waits_while_the_server_does_not_read() {
    let (near, far) = duplex(1024);
    let mut server = Fake::new(far);
    let builder = Client::builder().request_timeout(Duration::from_secs(3));
    let (client, _) = tokio::join!(builder.over(near), server.accept(welcome()));
    let client = client.expect("the server accepts");

    let body = Bytes::from(vec![b'x'; 10_000]);
    let mut sent = 0;
    let error = loop {
        match client.notify_bytes("a.b", body.clone()).await {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 100, "the queue has a bound");
    };
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(sent, 26, "what waits is 256 KiB");

    for _ in 0..sent {
        assert_eq!(server.message().await.body, body);
    }
    client.notify("a.b", &1).await.expect("there is room again");
    assert_eq!(&server.message().await.body[..], b"1");
}

#[tokio::test]
async fn a_server_that_writes_before_it_reads_is_no_deadlock() {
    let (near, far) = duplex(512);
    let mut server = Fake::new(far);
    let (client, _) = tokio::join!(Client::builder().over(near), server.accept(welcome()));
    let client = client.expect("the server accepts");

    let body = Bytes::from(vec![b'x'; 20_000]);
    let request = tokio::spawn({
        let (client, body) = (client.clone(), body.clone());
        async move { client.request_bytes("a.b", body).await }
    });
    for _ in 0..20 {
        server.push("onNoise", &body).await;
    }
    server.send(PacketKind::Heartbeat, "").await;
    let id = server.message().await.id;
    server.reply(id, "ok").await;
    assert_eq!(&request.await.expect("no panic").expect("a reply")[..], b"ok");
}

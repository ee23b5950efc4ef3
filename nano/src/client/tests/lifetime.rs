//! Tests of heartbeats and of the end of a connection.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::io::{AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep};

use super::fake::{Fake, connect, open, push, response, welcome};
use crate::ErrorKind;
use crate::client::{Client, CloseReason};
use crate::codec::{MessageHead, MessageKind, PacketKind, Route};

/// A server with a heartbeat of ten seconds.
async fn ticking() -> (Client, Fake) {
    let reply = json!({ "code": 200, "sys": { "heartbeat": 10 } });
    let (client, server, _) = open(Client::builder(), reply).await;
    (client, server)
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_sent_every_interval() {
    let (client, mut server) = ticking().await;
    let start = Instant::now();
    for n in 1..=5 {
        assert!(server.expect(PacketKind::Heartbeat).await.is_empty());
        assert_eq!(start.elapsed().as_secs(), n * 10);
        server.send(PacketKind::Heartbeat, "").await;
    }
    assert!(!client.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_lost_after_three_intervals() {
    let (client, _server) = ticking().await;
    let start = Instant::now();
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn any_packet_counts_as_life() {
    let (client, mut server) = ticking().await;
    for _ in 0..5 {
        sleep(Duration::from_secs(29)).await;
        server.push("onNews", "1").await;
    }
    assert!(!client.is_closed());
    let start = Instant::now();
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_heartbeats_may_be_silent() {
    let (client, _server) = connect().await;
    sleep(Duration::from_secs(100_000)).await;
    assert!(!client.is_closed());
}

#[tokio::test(start_paused = true)]
async fn trap_08_a_server_that_takes_nothing_is_lost() {
    let (near, far) = duplex(100);
    let mut server = Fake::new(far);
    let (client, _) = tokio::join!(Client::builder().over(near), server.accept(welcome()));
    let client = client.expect("the server accepts");
    let start = Instant::now();
    client.notify_bytes("a.b", Bytes::from(vec![0; 1000])).await.expect("the queue has room");
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_kick_ends_the_connection_with_its_reason() {
    let (client, mut server) = connect().await;
    let (error, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
        server.message().await;
        server.send(PacketKind::Kick, r#"{"reason":"shutdown"}"#).await;
    });
    let error = error.expect_err("no reply comes");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.to_string(), "connection is closed: kicked by the server: shutdown");
    assert_eq!(client.closed().await, CloseReason::Kicked { reason: "shutdown".to_owned() });
    let error = client.notify("a.b", &()).await.expect_err("it is closed");
    assert_eq!(error.to_string(), "connection is closed: kicked by the server: shutdown");
    assert_eq!(server.packet().await, None);
}

#[tokio::test]
async fn f3_the_end_of_a_connection_says_when_to_come_back() {
    async fn check(kick: Option<&str>, expected: Option<u64>) {
        let (client, mut server) = connect().await;
        assert_eq!(client.reconnect_in(), None, "it is open");
        if let Some(kick) = kick {
            server.send(PacketKind::Kick, kick).await;
        }
        drop(server);
        client.closed().await;
        let found = client.reconnect_in();
        assert_eq!(found, client.reconnect_in());
        let jitter =
            found.zip(expected.map(Duration::from_millis)).map(|(found, wait)| found - wait);
        assert_eq!(jitter.is_some(), expected.is_some(), "{kick:?}: {found:?}");
        assert!(jitter.is_none_or(|jitter| jitter < Duration::from_millis(500)), "{found:?}");
    }
    check(None, Some(0)).await;
    check(Some(r#"{"reason":"shutdown","reconnectIn":1000}"#), Some(1000)).await;
    check(Some(r#"{"reason":"slow_consumer"}"#), Some(0)).await;
    check(Some(r#"{"reason":"cheating"}"#), None).await;
    check(Some(""), None).await;

    let (client, mut server) = connect().await;
    tokio::join!(client.close(), async {
        assert_eq!(server.packet().await, None);
        drop(server);
    });
    assert_eq!(client.closed().await, CloseReason::Closed);
    assert_eq!(client.reconnect_in(), None, "this side wanted it");
}

#[tokio::test]
async fn close_writes_what_was_sent_before() {
    let (near, far) = duplex(100);
    let mut server = Fake::new(far);
    let (client, _) = tokio::join!(Client::builder().over(near), server.accept(welcome()));
    let client = client.expect("the server accepts");
    let body = Bytes::from(vec![b'x'; 1000]);
    for _ in 0..5 {
        client.notify_bytes("a.b", body.clone()).await.expect("the queue has room");
    }
    tokio::join!(client.close(), client.close(), async {
        for _ in 0..5 {
            assert_eq!(server.message().await.body, body);
        }
        assert_eq!(server.packet().await, None);
        drop(server);
    });
    assert!(client.is_closed());
    assert_eq!(client.closed().await, CloseReason::Closed);
    client.close().await;
    let error = client.request_bytes("a.b", body).await.expect_err("it is closed");
    assert_eq!(format!("{error:?}"), "connection is closed: closed by this side (Closed)");
}

#[tokio::test(start_paused = true)]
async fn close_waits_two_seconds_at_most_and_fails_what_waits() {
    let (client, mut server) = connect().await;
    let start = Instant::now();
    let (reply, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
        server.message().await;
        client.close().await;
    });
    assert_eq!(start.elapsed().as_secs(), 2);
    assert_eq!(reply.expect_err("no reply comes").kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn dropping_the_last_clone_closes() {
    let (client, mut server) = connect().await;
    let clone = client.clone();
    drop(client);
    clone.notify("a.b", &1).await.expect("a clone is left");
    drop(clone);
    assert_eq!(&server.message().await.body[..], b"1");
    assert_eq!(server.packet().await, None);
}

#[tokio::test]
async fn a_server_that_goes_away_is_lost() {
    let (client, mut server) = connect().await;
    let (reply, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
        server.message().await;
        drop(server);
    });
    let error = reply.expect_err("no reply comes");
    assert_eq!(format!("{error:?}"), "connection is closed: lost (Closed)");
    assert_eq!(client.closed().await, CloseReason::Lost);
}

#[tokio::test]
async fn a_server_that_breaks_the_protocol_is_left() {
    async fn check(bytes: &[u8]) {
        let (client, mut server) = connect().await;
        server.io.write_all(bytes).await.expect("the client reads");
        let reason = client.closed().await;
        assert!(matches!(reason, CloseReason::Broken { .. }), "{reason} after {bytes:?}");
        assert!(client.reconnect_in().is_some());
    }
    check(&[0, 0, 0, 0]).await;
    check(&[6, 0, 0, 0]).await;
    check(&[4, 0xff, 0xff, 0xff]).await;
    // No message, an unknown type, an id and a route without their ends.
    check(&[4, 0, 0, 0]).await;
    check(&[4, 0, 0, 1, 0x0e]).await;
    check(&[4, 0, 0, 2, 0x04, 0x80]).await;
    check(&[4, 0, 0, 2, 0x07, 0x00]).await;
    // A body that is no zlib stream.
    check(&[4, 0, 0, 4, 0x14, 1, 1, 2]).await;
}

#[tokio::test]
async fn messages_that_only_clients_send_and_unknown_codes_are_refused() {
    async fn check(head: MessageHead<'_>, fault: &str) {
        let (client, mut server) = connect().await;
        server.say(head, "").await;
        let reason = client.closed().await.to_string();
        assert_eq!(reason, format!("the server broke the protocol: {fault}"), "after {head:?}");
    }
    let route = Route::Name("a.b");
    check(push(Route::Code(77)), "push with code 77, which the dictionary does not have").await;
    let request = MessageHead { kind: MessageKind::Request, route, ..response(1) };
    check(request, "Request message from the server").await;
    let notify = MessageHead { kind: MessageKind::Notify, route, ..response(0) };
    check(notify, "Notify message from the server").await;
}

#[tokio::test]
async fn packets_of_the_handshake_are_ignored_after_it() {
    let (client, mut server) = connect().await;
    server.send(PacketKind::Handshake, welcome().to_string()).await;
    server.send(PacketKind::HandshakeAck, "").await;
    server.say(response(99), "").await;
    let (reply, ()) = tokio::join!(client.request_bytes("a.b", Bytes::new()), async {
        let id = server.message().await.id;
        server.reply(id, "").await;
    });
    assert!(reply.expect("the server replied").is_empty());
}

#[test]
fn a_runtime_that_ends_takes_its_connections_along() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let first = runtime().expect("a runtime starts");
    let (client, _server) = first.block_on(connect());
    drop(first);
    let second = runtime().expect("a runtime starts");
    assert_eq!(second.block_on(client.closed()), CloseReason::Lost);
}

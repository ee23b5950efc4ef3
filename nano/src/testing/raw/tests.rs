//! Tests of the raw client.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use tokio::io::{DuplexStream, duplex};
use tokio::runtime;

use super::*;

/// Returns two connected raw clients, of which the second acts as the server.
fn pair() -> (RawClient, RawClient) {
    let (near, far): (DuplexStream, DuplexStream) = duplex(4096);
    (RawClient::new(near), RawClient::new(far))
}

#[tokio::test]
async fn what_is_sent_arrives_as_it_is() {
    let (mut client, mut server) = pair();
    client.send([3, 0, 0, 0]).await;
    client.send_packet(PacketKind::Kick, "x").await;
    client.request(7, "a.b", "body").await;
    client.notify("a.c", "").await;
    let heartbeat = Packet { kind: PacketKind::Heartbeat, body: Bytes::new() };
    assert_eq!(server.packet().await, Some(heartbeat));
    let kick = Packet { kind: PacketKind::Kick, body: Bytes::from_static(b"x") };
    assert_eq!(server.packet().await, Some(kick));
    let request = server.message().await;
    assert_eq!((request.kind, request.id), (MessageKind::Request, 7));
    assert_eq!((request.route.as_str(), &request.body[..]), ("a.b", &b"body"[..]));
    assert_eq!(server.message().await.kind, MessageKind::Notify);
    drop(client);
    assert_eq!(server.packet().await, None);
    assert!(server.try_send("anything").await.is_err());
}

#[tokio::test]
async fn a_handshake_teaches_the_dictionary() {
    let (mut client, mut server) = pair();
    let reply = json!({ "code": 200, "sys": { "dict": { "onNews": 9 } } });
    let (seen, ()) = tokio::join!(client.open(), async {
        assert_eq!(server.expect(PacketKind::Handshake).await, "{}");
        server.send_packet(PacketKind::Heartbeat, "").await;
        server.send_packet(PacketKind::Handshake, reply.to_string()).await;
        server.expect(PacketKind::HandshakeAck).await;
    });
    assert_eq!(seen, reply);
    let head = MessageHead { route: Route::Code(9), ..head(MessageKind::Push, 0, "") };
    server.send_message(head, "[1]").await;
    let push = client.message().await;
    assert_eq!((push.route.as_str(), push.code, push.json()), ("onNews", Some(9), json!([1])));
}

#[tokio::test]
async fn the_end_is_seen_with_its_reason() {
    let (mut client, mut server) = pair();
    server.notify("a.b", "").await;
    server.send_packet(PacketKind::Kick, r#"{"reason":"shutdown"}"#).await;
    server.send_packet(PacketKind::Heartbeat, "").await;
    drop(server);
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
}

/// Returns the panic's text of `wait` against a server that sent `bytes`, and then closed if `closed`.
fn failure(bytes: &[u8], closed: bool, wait: impl AsyncFnOnce(&mut RawClient)) -> String {
    let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime starts");
    let work = runtime.block_on(async {
        let (mut client, mut server) = pair();
        server.send(bytes).await;
        let _open = (!closed).then_some(server);
        // The panic is caught outside of the wait, so that its text can be read.
        let wait = async move { wait(&mut client).await };
        let mut wait = Box::pin(wait);
        std::future::poll_fn(move |cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| wait.as_mut().poll(cx)));
            polled.map_or_else(|panic| std::task::Poll::Ready(Err(panic)), |poll| poll.map(Ok))
        })
        .await
    });
    let panic = work.expect_err("the wait fails the test");
    panic.downcast_ref::<String>().expect("the panic has a text").clone()
}

#[test]
fn a_wait_that_fails_says_what_was_awaited_and_what_came() {
    async fn message(client: &mut RawClient) {
        client.message().await;
    }
    let kick = b"\x05\0\0\x02{}";
    assert_eq!(failure(b"", false, message), "expected a Data packet, nothing came within 10s");
    let closed = "expected a Data packet, the server closed the connection";
    assert_eq!(failure(b"\x03\0\0\0", true, message), closed);
    assert_eq!(failure(kick, false, message), "expected a Data packet, got a Kick packet: b\"{}\"");
    assert_eq!(
        failure(b"\x04\0\0", true, message),
        "expected a Data packet, the server closed the connection within a packet: b\"\\x04\\0\\0\""
    );
    assert_eq!(
        failure(b"\x09\0\0\0", false, message),
        "expected a Data packet, but unknown packet type 9, expected 1 to 5: b\"\\t\\0\\0\\0\""
    );
    assert_eq!(
        failure(b"\x04\0\0\x03\x07\0\x01", false, message),
        "expected a known route, got code 1: not in the dictionary"
    );
    assert_eq!(
        failure(b"\x04\0\0\0", false, message),
        "expected a message, but message is empty, expected at least a flag: b\"\""
    );
    assert_eq!(
        failure(kick, false, async |client| drop(client.kick_reason().await)),
        "expected a kick with a reason in json, got b\"{}\""
    );
    assert_eq!(
        failure(kick, false, async |client| client.expect_closed().await),
        "expected the end of the connection, got a Kick packet: b\"{}\""
    );
    assert_eq!(
        failure(b"", false, async |client| client.send(vec![0; 5000]).await),
        "expected the server to read, nothing came within 10s"
    );
}

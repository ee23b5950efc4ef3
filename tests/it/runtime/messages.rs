//! Forms of messages and payloads.

use bytes::Bytes;
use nano::codec::{MessageHead, MessageKind, Route};
use nano::testing::{RawClient, TestApp};
use nano::{App, Protobuf, Reply, Result, component, push};
use prost::Message;
use serde_json::json;

use crate::promises::support::{Log, code_of};

#[push]
trait Pushes {
    #[push(name = "onNews")]
    fn news(text: String);
}

struct Forms(Log);

#[component]
impl Forms {
    #[handler]
    fn note(&self, number: u32) -> u32 {
        self.0.add(format!("note {number}"));
        number
    }

    #[handler]
    fn reverse(&self, body: Bytes) -> Bytes {
        body.iter().rev().copied().collect()
    }

    #[handler]
    fn later(&self, body: Bytes, reply: Reply<Bytes>) {
        reply.send(body);
    }

    #[handler]
    fn maybe(&self, body: Bytes) -> Result<Option<u32>> {
        Ok(u32::try_from(body.len()).ok().filter(|len| *len > 0))
    }

    #[handler]
    fn nothing(&self) {}
}

/// With payloads that both serializers leave alone.
struct Mirror;

#[component]
impl Mirror {
    #[handler]
    fn reverse(&self, body: Bytes) -> Bytes {
        body.iter().rev().copied().collect()
    }
}

async fn start() -> (TestApp, Log, RawClient) {
    let log = Log::default();
    let app = TestApp::start(App::new().component(Forms(log.clone())).push(Pushes)).await;
    let mut client = app.raw();
    client.open().await;
    (app, log, client)
}

fn head(kind: MessageKind, id: u64, route: Route<'_>) -> MessageHead<'_> {
    MessageHead { kind, id, route, compressed: false, error: false }
}

#[tokio::test]
async fn a_request_with_id_0_is_handled_as_a_notify() {
    let (_app, log, mut client) = start().await;
    client.request(0, "forms.note", "1").await;
    client.request(1, "forms.note", "2").await;
    assert_eq!(client.message().await.id, 1);
    assert_eq!(log.entries(), ["note 1", "note 2"]);
}

#[tokio::test]
async fn routes_may_be_named_or_numbered() {
    let (app, _log, mut client) = start().await;
    let dictionary = app.server().dictionary().clone();
    let code = dictionary.code("forms.note").expect("a code");
    client.send_message(head(MessageKind::Request, 1, Route::Code(code)), "5").await;
    assert_eq!(client.message().await.json(), 5);
    client.request(u64::MAX, "forms.note", "6").await;
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (u64::MAX, json!(6)));
}

#[tokio::test]
async fn a_request_to_a_push_is_not_found() {
    let (app, _log, mut client) = start().await;
    let code = app.server().dictionary().code("onNews").expect("a code");
    client.send_message(head(MessageKind::Request, 1, Route::Code(code)), "").await;
    let reply = client.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (1, "not_found"));
    client.request(2, "onNews", "").await;
    let reply = client.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (2, "not_found"));
    client.send_message(head(MessageKind::Notify, 0, Route::Code(code)), "").await;
    client.request(3, "forms.note", "3").await;
    assert_eq!(client.message().await.json(), 3, "the session goes on");
}

#[tokio::test]
async fn a_compressed_body_is_inflated() {
    let (_app, log, mut client) = start().await;
    // "1234567" in one stored block; a zlib stream (RFC 1950).
    let stored = b"\x78\x01\x01\x07\x00\xf8\xff1234567\x05\x9b\x01\x6d";
    let compressed = MessageHead {
        compressed: true,
        ..head(MessageKind::Request, 1, Route::Name("forms.note"))
    };
    client.send_message(compressed, stored).await;
    assert_eq!(client.message().await.json(), 1_234_567);
    let compressed = MessageHead { id: 2, ..compressed };
    client.send_message(compressed, "1234567").await;
    let reply = client.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (2, "bad_request"), "not a zlib stream");
    assert_eq!(log.entries(), ["note 1234567"]);
}

#[tokio::test]
async fn bytes_go_in_and_out_as_they_are() {
    let (_app, _log, mut client) = start().await;
    let body = [0, 255, 1, 254, b'"', 0xed, 0xa0];
    client.request(1, "forms.later", body).await;
    assert_eq!(&client.message().await.body[..], body);
    client.request(2, "forms.reverse", body).await;
    assert_eq!(&client.message().await.body[..], [0xa0, 0xed, b'"', 254, 1, 255, 0]);
    client.request(3, "forms.reverse", "").await;
    assert_eq!(client.message().await.body.len(), 0, "an empty reply is a reply");
    client.request(4, "forms.maybe", "").await;
    assert_eq!(client.message().await.json(), json!(null));

    let app = TestApp::start(App::new().serializer(Protobuf).component(Mirror)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "mirror.reverse", "abc").await;
    assert_eq!(&client.message().await.body[..], b"cba");
}

#[tokio::test]
async fn a_short_message_is_handled_as_soon_as_it_is_complete() {
    let (_app, _log, mut client) = start().await;
    for (id, body) in (1..).zip(["1", "12", "123", "1234", "12345"]) {
        client.request(id, "forms.note", body).await;
        assert_eq!(client.message().await.json().to_string(), body);
    }
    client.request(9, "forms.nothing", "").await;
    assert_eq!(&client.message().await.body[..], b"{}");
}

#[tokio::test]
async fn packets_may_come_in_any_pieces() {
    let (_app, log, mut client) = start().await;
    let mut bytes = Vec::new();
    for number in 1..=3_u8 {
        let body = [&[0b0000_0000, number, 10][..], b"forms.note", &[b'0' + number]].concat();
        let len = u8::try_from(body.len()).expect("a short body");
        bytes.extend([&[4, 0, 0, len][..], &body].concat());
    }
    for byte in &bytes {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    client.send(&bytes).await;
    for round in 0..2 {
        for number in 1..=3 {
            let reply = client.message().await;
            assert_eq!((reply.id, reply.json()), (number, json!(number)), "round {round}");
        }
    }
    assert_eq!(log.entries().len(), 6);
}

#[derive(Clone, PartialEq, Message)]
struct Point {
    #[prost(int32, tag = "1")]
    x: i32,
}

struct Map;

#[component]
impl Map {
    #[handler]
    fn shift(&self, point: Point) -> Point {
        Point { x: point.x + 1 }
    }
}

#[tokio::test]
async fn protobuf_payloads_need_no_serde() {
    let app = TestApp::start(App::new().serializer(Protobuf).component(Map)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "map.shift", Point { x: 41 }.encode_to_vec()).await;
    let point = Point::decode(client.message().await.body).expect("a point");
    assert_eq!(point.x, 42);
    // The default message is an empty body.
    client.request(2, "map.shift", "").await;
    assert_eq!(Point::decode(client.message().await.body), Ok(Point { x: 1 }));
}

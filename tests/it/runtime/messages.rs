//! Forms of messages and payloads.

use std::error::Error as _;

use bytes::Bytes;
use nano::codec::{MessageHead, MessageKind, Route};
use nano::serializer::Value;
use nano::testing::{RawClient, TestApp};
use nano::{App, Error, ErrorKind, Group, Protobuf, Reply, Result, Session, component, push};
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

/// A message with serde as well.
#[derive(Clone, PartialEq, Message, serde::Serialize)]
struct Score {
    #[prost(int32, tag = "1")]
    points: i32,
}

#[derive(Clone, Default)]
struct Board(Group);

#[component]
impl Board {
    #[handler]
    fn watch(&self, session: &Session) -> Result<()> {
        self.0.add(session)
    }
}

/// Starts an app, and a client in a group.
async fn watched(app: App) -> (TestApp, RawClient, Group) {
    let board = Board::default();
    let app = TestApp::start(app.component(board.clone())).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "board.watch", "").await;
    assert_eq!(client.message().await.id, 1);
    (app, client, board.0)
}

/// The reason why a message does not encode.
fn reason(sent: Result<()>) -> String {
    let error: Error = sent.expect_err("the app has another serializer");
    assert_eq!(error.kind(), ErrorKind::Encode);
    error.source().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn a_protobuf_message_in_a_json_app_is_sent_as_json_or_as_bytes() {
    let (_app, mut client, group) = watched(App::new()).await;
    let score = Score { points: 7 };
    let reason = reason(group.broadcast("onScore", Value::protobuf(&score)));
    for way in ["a protobuf message alone", "`Value::both(&message)`", "`broadcast_bytes`"] {
        assert!(reason.contains(way), "{reason}");
    }
    group.broadcast("onScore", &score).expect("it has serde");
    group.broadcast("onScore", Value::both(&score)).expect("it has serde");
    for _ in 0..2 {
        assert_eq!(client.message().await.json(), json!({ "points": 7 }));
    }
    group.broadcast_bytes("onScore", &score.encode_to_vec()).expect("bytes are sent as they are");
    assert_eq!(Score::decode(client.message().await.body), Ok(score));
    group.close();
    let error = group.broadcast_bytes("onScore", b"").expect_err("the group is closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn a_message_with_serde_in_a_protobuf_app_says_how_it_is_pushed() {
    let (_app, mut client, group) = watched(App::new().serializer(Protobuf)).await;
    let session = group.members().remove(0);
    let score = Score { points: 7 };
    let reason = reason(session.push("onScore", &score));
    for way in ["one of serde alone", "`Value::protobuf(&message)`"] {
        assert!(reason.contains(way), "{reason}");
    }
    session.push("onScore", Value::protobuf(&score)).expect("a message");
    assert_eq!(Score::decode(client.message().await.body), Ok(score));
}

#[push]
trait PlacePushes {
    fn moved(to: Place);
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Place {
    x: f32,
    y: Option<f64>,
}

struct World;

#[component]
impl World {
    #[handler]
    fn locate(&self, place: Place) -> Place {
        Place { x: 1.0 / place.x, y: place.y }
    }

    #[handler]
    fn tell(&self, session: &Session, place: Place) -> String {
        let moved = PlacePushes::to(session).moved(&Place { x: 0.0, y: place.y.map(|y| 1.0 / y) });
        moved.err().and_then(|error| Some(error.source()?.to_string())).unwrap_or_default()
    }
}

#[tokio::test]
async fn case_b12_numbers_that_json_does_not_have() {
    let app = TestApp::start(App::new().component(World).push(PlacePushes)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "world.locate", r#"{"x":2,"y":0.5}"#).await;
    assert_eq!(client.message().await.json(), json!({ "x": 0.5, "y": 0.5 }));
    client.request(2, "world.locate", r#"{"x":0}"#).await;
    assert_eq!(code_of(&client.message().await.json()), "internal");
    // As JavaScript writes a NaN.
    client.request(3, "world.locate", r#"{"x":null}"#).await;
    assert_eq!(code_of(&client.message().await.json()), "bad_request");
    // Who pushes it is told the field; nothing is sent.
    client.request(4, "world.tell", r#"{"x":1,"y":0}"#).await;
    assert_eq!(client.message().await.json(), "`y` is inf, which JSON does not have");
}

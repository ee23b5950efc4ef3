//! The reason of a `bad_request`, for the developer of a client.

use std::collections::BTreeMap;

use nano::testing::TestApp;
use nano::{App, Protobuf, component};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::promises::support::Logged;

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
struct Order {
    #[prost(string, tag = "1")]
    item: String,
    #[prost(uint32, tag = "2")]
    count: u32,
}

struct Shop;

#[component]
impl Shop {
    #[handler]
    fn buy(&self, order: Order) -> Order {
        order
    }
}

struct Words;

#[component]
impl Words {
    #[handler]
    fn count(&self, _words: BTreeMap<String, u8>) {}

    #[handler]
    fn hue(&self, _hue: Hue) {}
}

#[derive(Deserialize)]
enum Hue {
    Red,
    Blue,
}

/// Sends one request, and returns the error.
async fn told(app: App, flag: u8, route: &str, body: &[u8]) -> Value {
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    client.handshake(json!({"sys": {"features": ["errors"]}})).await;
    client.ack().await;
    let len = u8::try_from(route.len()).expect("a short route");
    let message = [&[flag, 1, len], route.as_bytes(), body].concat();
    client.send_packet(nano::codec::PacketKind::Data, message).await;
    let reply = client.message().await;
    assert!(reply.error);
    reply.json()
}

#[tokio::test(start_paused = true)]
async fn a_bad_request_says_what_did_not_decode_where_the_app_wants_it() {
    let check = async |flag: u8, route: &str, body: &[u8], reason: &str| {
        let app = || App::new().component(Shop).component(Words);
        let error = told(app().bad_request_details(true), flag, route, body).await;
        assert_eq!(error["code"], "bad_request");
        assert_eq!(error["msg"], reason);
        let fixed = told(app().bad_request_details(false), flag, route, body).await;
        assert_eq!(fixed["msg"], "the payload does not decode");
        // Where nothing is set, it depends on the build.
        let expected = if cfg!(debug_assertions) { error } else { fixed };
        assert_eq!(told(app(), flag, route, body).await, expected);
    };
    let cause = "payload does not decode: missing field `count` at line 1 column 14";
    check(0, "shop.buy", br#"{"item":"axe"}"#, cause).await;
    let cause =
        "payload does not decode: invalid type: string \"2\", expected u32 at line 1 column 25";
    check(0, "shop.buy", br#"{"item":"axe","count":"2"}"#, cause).await;
    let cause = "payload does not decode: EOF while parsing a value at line 1 column 0";
    check(0, "shop.buy", b"", cause).await;
    let cause = "payload does not decode: unknown variant `Grue`, expected `Red` or `Blue` at line 1 column 6";
    check(0, "words.hue", br#""Grue""#, cause).await;
    let cause = "body does not inflate: compressed body is not a valid zlib stream";
    check(0x10, "shop.buy", b"no zlib", cause).await;
}

#[tokio::test(start_paused = true)]
async fn a_bad_request_in_protobuf_says_what_did_not_decode() {
    let app =
        TestApp::start(App::new().serializer(Protobuf).component(Shop).bad_request_details(true))
            .await;
    let client = app.connect_with(nano::client::Client::builder().serializer(Protobuf)).await;
    let error =
        client.request_bytes("shop.buy", vec![0x0a, 9, 1].into()).await.expect_err("no order");
    assert_eq!(error.code(), Some("bad_request"));
    let cause =
        "payload does not decode: failed to decode Protobuf message: Order.item: buffer underflow";
    assert_eq!(error.message(), cause);
}

/// The reason repeats what the client sent.
#[tokio::test(start_paused = true)]
async fn the_reason_of_a_bad_request_is_bounded() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = App::new().component(Words).bad_request_details(true);
    let long = format!("\"{}\"", "\u{1f600}".repeat(10_000));
    let error = told(app, 0, "words.hue", long.as_bytes()).await;
    let text = error["msg"].as_str().expect("a text");
    assert!(text.starts_with("payload does not decode: unknown variant `\u{1f600}"), "{text}");
    assert_eq!(text.chars().count(), 512);
    assert!(logged.of("ERROR").is_empty() && logged.of("WARN").is_empty());
}

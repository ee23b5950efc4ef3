//! Compressed bodies, for clients that can inflate them.

use bytes::Bytes;
use nano::client::{Client, Dialect};
use nano::codec::{MessageKind, zlib};
use nano::testing::{RawClient, Received, TestApp};
use nano::{App, Error, ErrorKind, Group, Protobuf, Result, Session, component, push};
use serde_json::{Value, json};

#[push]
trait Pushes {
    #[push(name = "onText")]
    fn text(text: Bytes);
}

#[derive(Default)]
struct Store(Group);

/// Every body is the request's, so that a test chooses its length to the byte.
#[component]
impl Store {
    #[handler]
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn tell(&self, session: &Session, body: Bytes) -> Result<()> {
        Pushes::to(session).text(&body)
    }

    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.0.add(session)
    }

    #[handler]
    fn tell_all(&self, body: Bytes) -> Result<()> {
        Pushes::to(&self.0).text(&body)
    }
}

struct Guard;

#[component]
impl Guard {
    #[handler]
    fn refuse(&self, text: String) -> Result<()> {
        Err(Error::reject("refused", text))
    }
}

/// The handshakes of several clients, and `true` for those that can inflate.
fn announcements() -> [(&'static str, Value, bool); 6] {
    let native = |features: &[&str]| json!({ "sys": { "features": features } });
    [
        ("pomelo", json!({ "sys": { "type": "js-websocket", "version": "0.0.1" } }), false),
        ("nano", json!({}), false),
        ("pitaya", json!({ "sys": { "platform": "mac", "libVersion": "0.3.5-release" } }), true),
        ("native", native(&["errors", "zlib"]), true),
        ("native, zlib only", native(&["zlib"]), true),
        ("native without zlib", native(&["errors"]), false),
    ]
}

fn app() -> App {
    // In JSON the text of stock clients would be repaired and escaped.
    App::new().serializer(Protobuf).component(Store::default()).push(Pushes)
}

async fn open(app: &TestApp, announced: &Value) -> RawClient {
    let mut client = app.raw();
    assert_eq!(client.open_as(announced.clone()).await["code"], 200);
    client
}

fn repetitive(len: usize) -> Vec<u8> {
    b"to be or not to be, ".iter().copied().cycle().take(len).collect()
}

/// Bytes that no compressor makes smaller.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// Checks that the body is a zlib stream if it should be one, and that it has the expected contents.
fn check(name: &str, received: &Received, body: &[u8], compressed: bool) {
    assert_eq!(received.compressed, compressed, "{name}: {} bytes", body.len());
    if compressed {
        assert!(received.body.len() < body.len(), "{name}");
        assert_eq!(received.body[0] & 0x0f, 8, "{name}: deflate in a zlib stream");
        let inflated = zlib::inflate(&received.body, body.len());
        assert!(inflated.as_deref() == Ok(body), "{name}: it inflates to something else");
    } else {
        assert!(received.body == body, "{name}: it is not what was sent");
    }
}

#[tokio::test]
async fn replies_and_pushes_are_compressed_for_those_who_can_inflate_them() {
    let app = TestApp::start(app()).await;
    for (name, announced, inflates) in announcements() {
        let mut client = open(&app, &announced).await;
        for (body, smaller) in [
            (repetitive(0), false),
            (repetitive(1023), false),
            (repetitive(1024), true),
            (repetitive(60_000), true),
            (noise(1024), false),
            (noise(60_000), false),
        ] {
            client.request(1, "store.echo", &body).await;
            let reply = client.message().await;
            assert_eq!((reply.kind, reply.id), (MessageKind::Response, 1), "{name}");
            check(name, &reply, &body, inflates && smaller);
            client.notify("store.tell", &body).await;
            let push = client.message().await;
            assert_eq!((push.kind, &*push.route), (MessageKind::Push, "onText"), "{name}");
            check(name, &push, &body, inflates && smaller);
        }
    }
}

#[tokio::test]
async fn errors_are_compressed_like_replies() {
    let app = TestApp::start(App::new().component(Guard)).await;
    let text = "no ".repeat(1000);
    for (name, announced, inflates) in announcements() {
        let mut client = open(&app, &announced).await;
        client.request(1, "guard.refuse", json!(text).to_string()).await;
        let reply = client.message().await;
        assert_eq!(reply.compressed, inflates, "{name}");
        let flagged = matches!(name, "pitaya" | "native" | "native without zlib");
        assert_eq!(reply.error, flagged, "{name}");
        let body = match inflates {
            true => zlib::inflate(&reply.body, 65_536).expect("a zlib stream"),
            false => reply.body,
        };
        let body: Value = serde_json::from_slice(&body).expect("an error in json");
        let msg = if flagged { &body["msg"] } else { &body["error"]["msg"] };
        assert_eq!(msg, &json!(text), "{name}");
    }
}

#[tokio::test]
async fn one_broadcast_reaches_those_who_inflate_and_those_who_do_not() {
    let app = TestApp::start(app()).await;
    let mut clients = Vec::new();
    // Twice, so that forms are shared.
    for (name, announced, inflates) in announcements().into_iter().chain(announcements()) {
        let mut client = open(&app, &announced).await;
        client.request(1, "store.enter", "").await;
        assert_eq!(client.message().await.id, 1, "{name}");
        clients.push((name, client, inflates));
    }
    let mut speaker = open(&app, &json!({})).await;
    for (body, smaller) in [
        (repetitive(5000), true),
        (repetitive(1024), true),
        (repetitive(1023), false),
        (noise(5000), false),
    ] {
        speaker.notify("store.tell_all", &body).await;
        for (name, client, inflates) in &mut clients {
            let push = client.message().await;
            check(name, &push, &body, *inflates && smaller);
            assert_eq!(push.route, "onText", "{name}");
            assert_eq!(push.code.is_some(), name.starts_with("native"), "{name}");
        }
    }
}

#[tokio::test]
async fn the_threshold_is_the_application_s_choice() {
    let native = json!({ "sys": { "features": ["zlib"] } });
    for (threshold, lengths) in [
        (Some(0), &[(9, false), (40, true), (5000, true)][..]),
        (Some(41), &[(40, false), (41, true)]),
        (Some(5001), &[(5000, false), (5001, true)]),
        (None, &[(1024, false), (60_000, false)]),
    ] {
        let app = TestApp::start(app().compression_threshold(threshold)).await;
        let mut client = open(&app, &native).await;
        for (len, compressed) in lengths {
            let body = repetitive(*len);
            client.request(1, "store.echo", &body).await;
            check(&format!("{threshold:?}"), &client.message().await, &body, *compressed);
        }
    }
}

/// The receiver would refuse a body that inflates beyond the limit, however short it is on the wire.
#[tokio::test]
async fn a_body_obeys_the_limit_before_it_is_compressed() {
    let app = TestApp::start(app().packet_limit(2000)).await;
    for (name, announced, _) in announcements() {
        let mut client = open(&app, &announced).await;
        client.request(1, "store.echo", repetitive(1900)).await;
        assert_eq!(client.message().await.id, 1, "{name}");
    }
    let (sent, received) = tokio::sync::oneshot::channel();
    let sender = Sender(std::sync::Mutex::new(Some(sent)));
    let app = TestApp::start(App::new().component(sender).packet_limit(2000)).await;
    let mut client = open(&app, &json!({ "sys": { "features": ["zlib"] } })).await;
    client.request(1, "sender.send", "").await;
    assert_eq!(received.await, Ok(ErrorKind::TooLarge));
    assert_eq!(client.message().await.id, 1);
}

struct Sender(std::sync::Mutex<Option<tokio::sync::oneshot::Sender<ErrorKind>>>);

#[component]
impl Sender {
    #[handler]
    fn send(&self, session: &Session) {
        let error = session.push_bytes("onText", &repetitive(2001)).expect_err("over the limit");
        let sent = self.0.lock().expect("one handler").take().expect("one message");
        let _ = sent.send(error.kind());
    }
}

#[tokio::test]
async fn the_rust_client_inflates_what_it_asked_for() {
    let text = Bytes::from(repetitive(20_000));
    for dialect in [Dialect::Native, Dialect::Pitaya, Dialect::Nano] {
        let app = TestApp::start(app()).await;
        let (pushed, mut pushes) = tokio::sync::mpsc::unbounded_channel();
        let builder = Client::builder().serializer(Protobuf).dialect(dialect);
        let client = app.connect_with(builder).await;
        client.on_bytes("onText", move |body| {
            let _ = pushed.send(body);
        });
        let reply = client.request_bytes("store.echo", text.clone()).await;
        assert_eq!(reply.expect("a reply"), text, "{dialect:?}");
        client.notify_bytes("store.tell", text.clone()).await.expect("sent");
        assert_eq!(pushes.recv().await, Some(text.clone()), "{dialect:?}");
    }
}

//! Promise 2: exactly one reply to each request, whatever happens, in the form that its client can read.

mod causes;

use std::time::Duration;

use nano::codec::MessageKind;
use nano::testing::{RawClient, Received, TestApp};
use nano::{App, Json, Protobuf, UnflaggedErrors};
use prost::Message;
use serde_json::{Value, json};

use super::support::Logged;
use causes::{Cause, ERRORS, Number, TEXTS, json_only};

/// An error in protobuf, as `proto/` defines it.
#[derive(Clone, PartialEq, Message)]
struct WireError {
    #[prost(string, tag = "1")]
    code: String,
    #[prost(string, tag = "2")]
    msg: String,
    #[prost(map = "string, string", tag = "3")]
    metadata: std::collections::HashMap<String, String>,
}

struct Peer {
    client: RawClient,
    protobuf: bool,
    next: u64,
    _app: TestApp,
}

impl Peer {
    async fn connect(app: App, protobuf: bool, sys: Value) -> Self {
        let app = if protobuf { app.serializer(Protobuf) } else { app.serializer(Json) };
        // As in builds for release.
        let app = app
            .bad_request_details(false)
            .component(Cause::default())
            .handler_timeout(Duration::from_secs(5));
        let app = TestApp::start(app).await;
        let mut client = app.raw();
        assert_eq!(client.handshake(json!({ "sys": sys })).await["code"], 200);
        client.ack().await;
        Self { client, protobuf, next: 1, _app: app }
    }

    async fn send(&mut self, route: &str, body: impl AsRef<[u8]>) -> u64 {
        self.next += 1;
        self.client.request(self.next, route, body).await;
        self.next
    }

    fn number(&self, value: i64) -> Vec<u8> {
        let number = Number { value };
        match self.protobuf {
            true => number.encode_to_vec(),
            false => serde_json::to_vec(&number).expect("a number is JSON"),
        }
    }

    async fn cause(&mut self, route: &str) -> u64 {
        let body = if route == "cause.value" { vec![0x22] } else { Vec::new() };
        self.send(route, body).await
    }

    /// Sends a request whose reply must come next, to show that nothing was answered twice.
    async fn expect_nothing_more(&mut self, context: &str) {
        let value = i64::try_from(self.next).expect("a small number") * 3;
        let id = self.send("cause.value", self.number(value)).await;
        let reply = self.client.message().await;
        assert_eq!((reply.kind, reply.id), (MessageKind::Response, id), "after {context}");
        assert!(!reply.error, "after {context}");
        assert_eq!(&reply.body[..], self.number(value), "after {context}");
    }

    /// Causes every error, and shows each reply to `check`, which returns its code and text.
    async fn check_errors(&mut self, check: impl Fn(&Received) -> (String, String)) {
        let protobuf = self.protobuf;
        for (route, code) in ERRORS.iter().filter(|(route, _)| !protobuf || !json_only(route)) {
            let id = self.cause(route).await;
            let reply = self.client.message().await;
            assert_eq!((reply.kind, reply.id), (MessageKind::Response, id), "{route}");
            let (got, text) = check(&reply);
            assert_eq!(got, *code, "{route}");
            let expected = TEXTS.iter().find(|(of, _)| of == code).map(|(_, text)| *text);
            assert_eq!(Some(&*text), expected, "{route}");
            self.expect_nothing_more(route).await;
            // Beyond the deadline of a handler, so that a late second answer would show.
            tokio::time::sleep(Duration::from_secs(6)).await;
            self.expect_nothing_more(route).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_errors_in_json_for_clients_without_the_error_flag() {
    let mut peer = Peer::connect(App::new(), false, json!({})).await;
    peer.check_errors(|reply| {
        assert!(!reply.error);
        let body = reply.json();
        let (code, msg) = (body["error"]["code"].clone(), body["error"]["msg"].clone());
        assert_eq!(body, json!({ "code": 500, "error": { "code": code, "msg": msg } }));
        (text(&code), text(&msg))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_errors_in_json_for_clients_with_the_error_flag() {
    for sys in [json!({ "features": ["errors"] }), json!({ "libVersion": "1", "platform": "mac" })]
    {
        let mut peer = Peer::connect(App::new(), false, sys).await;
        peer.check_errors(|reply| {
            assert!(reply.error);
            let body = reply.json();
            let (code, msg) = (body["code"].clone(), body["msg"].clone());
            assert_eq!(body, json!({ "code": code, "msg": msg, "metadata": {} }));
            (text(&code), text(&msg))
        })
        .await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn wire_error(reply: &Received) -> (String, String) {
    let error = WireError::decode(reply.body.clone()).expect("an error in protobuf");
    assert!(error.metadata.is_empty());
    (error.code, error.msg)
}

#[tokio::test(start_paused = true)]
async fn promise_2_errors_in_protobuf_for_clients_with_the_error_flag() {
    let mut peer = Peer::connect(App::new(), true, json!({ "features": ["errors"] })).await;
    peer.check_errors(|reply| {
        assert!(reply.error);
        wire_error(reply)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_errors_in_protobuf_without_the_flag_where_the_app_chose_to_send_them() {
    let app = App::new().unflagged_errors(UnflaggedErrors::Send);
    let mut peer = Peer::connect(app, true, json!({})).await;
    peer.check_errors(|reply| {
        assert!(!reply.error);
        wire_error(reply)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_errors_in_protobuf_without_the_flag_are_withheld() {
    let mut peer = Peer::connect(App::new(), true, json!({})).await;
    for (route, _) in ERRORS.iter().filter(|(route, _)| !json_only(route)) {
        peer.cause(route).await;
        peer.expect_nothing_more(route).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        peer.expect_nothing_more(route).await;
    }
}

#[tokio::test(start_paused = true)]
async fn f6_promise_2_values_are_answered_once_and_nothing_is_an_object_for_stock_clients() {
    let (stock, native) = (json!({}), json!({ "features": [] }));
    let pitaya = json!({ "libVersion": "1", "platform": "mac" });
    for (protobuf, sys, nothing) in [
        (false, stock.clone(), "{}"),
        (false, native, "null"),
        (false, pitaya, "null"),
        (true, stock, ""),
    ] {
        let mut peer = Peer::connect(App::new(), protobuf, sys).await;
        for route in [
            "cause.value",
            "cause.reply_sent",
            "cause.reply_sent_by_a_task",
            "cause.reply_sent_before_an_error",
        ] {
            let number = peer.number(5);
            let id = peer.send(route, number.clone()).await;
            let reply = peer.client.message().await;
            assert_eq!((reply.id, reply.error), (id, false), "{route}");
            assert_eq!(&reply.body[..], number, "{route}");
            peer.expect_nothing_more(route).await;
        }
        for route in ["cause.nothing", "cause.done", "cause.done_later"] {
            let id = peer.send(route, "").await;
            let reply = peer.client.message().await;
            assert_eq!((reply.id, &reply.body[..]), (id, nothing.as_bytes()), "{route}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_notifications_and_requests_with_id_0_are_never_answered() {
    let mut peer = Peer::connect(App::new(), false, json!({ "features": ["errors"] })).await;
    for (route, _) in ERRORS.iter().chain(&[("cause.nothing", ""), ("cause.reply_sent", "")]) {
        peer.client.notify(route, "").await;
        peer.expect_nothing_more(route).await;
        peer.client.request(0, route, "").await;
        peer.expect_nothing_more(route).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        peer.expect_nothing_more(route).await;
    }
    let number = peer.number(1);
    peer.client.notify("cause.value", &number).await;
    peer.client.request(0, "cause.value", &number).await;
    peer.expect_nothing_more("a notification with a value").await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_what_no_client_is_told_is_logged() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    // A request that stays unanswered.
    let mut peer = Peer::connect(App::new(), true, json!({})).await;
    peer.cause("cause.rejects").await;
    peer.expect_nothing_more("a withheld error").await;
    let [warning] = &logged.of("WARN")[..] else { panic!("one warning: {:?}", logged.of("WARN")) };
    assert!(warning.contains("stays unanswered"), "{warning}");
    assert!(warning.contains("route=\"cause.rejects\" code=\"nope\""), "{warning}");
    // The details of an internal error, and the error of a notification.
    let mut peer = Peer::connect(App::new(), false, json!({})).await;
    peer.cause("cause.fails").await;
    assert!(!peer.client.message().await.json().to_string().contains("secret"));
    // One line of a kind is written each second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    peer.client.notify("cause.fails", "").await;
    peer.client.notify("cause.panics", "").await;
    peer.expect_nothing_more("notifications").await;
    let errors = logged.of("ERROR");
    let count = |text: &str| errors.iter().filter(|line| line.contains(text)).count();
    assert_eq!(count("route=\"cause.fails\" error=internal error: a secret"), 2, "{errors:?}");
    assert_eq!(count("route=\"cause.panics\" panic=a handler panics"), 1, "{errors:?}");
    // A request whose handler panics is answered, and logged once.
    let before = errors.len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    peer.cause("cause.panics").await;
    peer.client.message().await;
    assert_eq!(logged.of("ERROR").len(), before + 1, "{:?}", logged.of("ERROR"));
}

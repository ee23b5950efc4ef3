//! Clients of each dialect at a gate: they receive what the handlers' own node would send them.

mod stock;

use nano::testing::{RawClient, Received};
use nano::{
    App, Cluster, Error, Group, Json, Protobuf, Result, Server, Session, Tcp, component, push,
};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// A message in both serializers.
#[derive(Clone, PartialEq, Message, Deserialize, Serialize)]
struct Text {
    #[prost(string, tag = "1")]
    text: String,
}

#[push]
trait StagePush {
    #[push(name = "onTold")]
    fn told(text: Text);
}

/// No node takes it into its dictionary.
#[push]
trait UnlistedPush {
    #[push(name = "onUnlisted")]
    fn told(text: Text);
}

#[derive(Default)]
struct Stage {
    members: Group,
}

#[component]
impl Stage {
    #[handler]
    fn say(&self, text: Text) -> Text {
        text
    }

    #[handler]
    fn long(&self, text: Text) -> Text {
        Text { text: text.text.repeat(2000) }
    }

    #[handler]
    fn tell(&self, session: &Session, text: Text) -> Result<()> {
        StagePush::to(session).told(&text)?;
        UnlistedPush::to(session).told(&text)
    }

    #[handler]
    fn shout(&self, session: &Session, text: Text) -> Result<()> {
        self.members.add(session)?;
        StagePush::to(&self.members).told(&text)
    }

    #[handler]
    fn refuse(&self, text: Text) -> Result<Text> {
        Err(Error::reject("refused", text.text))
    }

    #[handler]
    fn panic(&self) -> Text {
        panic!("this handler always panics")
    }

    #[handler]
    fn kick(&self, session: &Session, text: Text) {
        session.kick(text.text);
    }
}

/// The calls of a client, each with its text.
const CALLS: &[(&str, &str)] = &[
    ("say", "Grüße 😀"),
    ("tell", "a push"),
    ("long", "long "),
    ("shout", "to all 😀"),
    ("refuse", "not today"),
    ("panic", ""),
    ("nowhere", ""),
];

/// The handshakes of the clients of four frameworks, and of the page's own.
fn announcements() -> [(&'static str, Value); 4] {
    [
        ("nano", json!({})),
        ("pomelo", json!({ "sys": { "type": "js-websocket", "version": "0.0.1" } })),
        ("pitaya", json!({ "sys": { "platform": "mac", "libVersion": "0.3.5-release" } })),
        ("native", json!({ "sys": { "type": "nano-js", "features": ["errors", "zlib"] } })),
    ]
}

fn app(is_json: bool) -> App {
    let app = App::new().push(StagePush);
    if is_json { app.serializer(Json) } else { app.serializer(Protobuf) }
}

fn body(is_json: bool, text: &str) -> Vec<u8> {
    let text = Text { text: text.to_owned() };
    if is_json { serde_json::to_vec(&text).expect("JSON") } else { text.encode_to_vec() }
}

async fn connect(server: &Server, announced: &Value) -> RawClient {
    let stream = TcpStream::connect(server.addresses()[0]).await.expect("a listener");
    let mut client = RawClient::new(stream);
    assert_eq!(client.open_as(announced.clone()).await["code"], 200);
    client
}

/// Makes all calls, and returns what came, up to the reason of the kick.
async fn play(server: &Server, announced: &Value, is_json: bool) -> (Vec<Received>, String) {
    let mut client = connect(server, announced).await;
    let mut received = Vec::new();
    for (id, (handler, text)) in (1..).step_by(2).zip(CALLS) {
        client.request(id, &format!("stage.{handler}"), body(is_json, text)).await;
        // Some clients are told nothing of errors.
        client.request(id + 1, "stage.say", body(is_json, "next")).await;
        loop {
            let mut message = client.message().await;
            // The dictionaries have other routes, and so other codes.
            message.code = message.code.map(|_| 0);
            let is_last = message.id == id + 1;
            received.push(message);
            if is_last {
                break;
            }
        }
    }
    client.request(99, "stage.kick", body(is_json, "cheating")).await;
    let reason = client.kick_reason().await;
    client.expect_closed().await;
    (received, reason)
}

/// Waits until the gate has a link to the backend.
async fn linked(gate: &Server, is_json: bool) {
    let mut client = connect(gate, &announcements()[3].1).await;
    for id in 1.. {
        client.request(id, "stage.say", body(is_json, "hello")).await;
        if !client.message().await.error {
            return;
        }
    }
}

#[tokio::test]
async fn every_dialect_is_served_through_a_gate_as_without_one() {
    for is_json in [true, false] {
        let alone = app(is_json).component(Stage::default()).listen(Tcp::bind("127.0.0.1:0"));
        let alone = alone.start().await.expect("it starts");
        let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
        let backend = app(is_json).component(Stage::default()).cluster(node).start();
        let backend = backend.await.expect("it starts");
        let address = backend.cluster_address().expect("a node").to_string();
        let node = Cluster::bind("127.0.0.1:0").number(2).member(1, address);
        let gate = app(is_json).listen(Tcp::bind("127.0.0.1:0")).cluster(node).start();
        let gate = gate.await.expect("it starts");
        linked(&gate, is_json).await;
        for (name, announced) in announcements() {
            let expected = play(&alone, &announced, is_json).await;
            assert!(expected.0.len() > 10, "{name}: {expected:?}");
            let found = play(&gate, &announced, is_json).await;
            assert_eq!(found, expected, "{name}, in JSON: {is_json}");
        }
        for server in [gate, backend, alone] {
            server.shutdown().await;
        }
    }
}

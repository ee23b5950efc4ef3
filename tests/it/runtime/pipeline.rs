//! The stages around messages: those on their way in, and both ways with a client.

mod outbound;

use std::sync::Arc;
use std::time::Duration;

use nano::client::{Client, Pipeline};
use nano::codec::{MessageKind, PacketKind};
use nano::testing::{RawClient, TestApp};
use nano::{
    App, Error, ErrorKind, Group, InboundMessage, OutboundKind, Reply, Result, Session, component,
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::promises::support::{Log, code_of};

#[derive(Default)]
struct Room {
    members: Group,
    log: Log,
}

#[component]
impl Room {
    #[handler]
    fn join(&self, session: &Session) -> Result<()> {
        self.members.add(session)
    }

    #[handler]
    fn echo(&self, text: String) -> String {
        self.log.add(format!("echo {text}"));
        text
    }

    #[handler]
    fn fail(&self) -> Result<()> {
        Err(Error::reject("full", "8 players"))
    }

    #[handler]
    fn later(&self, reply: Reply<u8>) {
        tokio::spawn(async move { reply.send(7) });
    }

    /// Answers with the code of the push's error.
    #[handler]
    fn say(&self, session: &Session, text: String) -> String {
        let pushed = match text.strip_prefix("to me: ") {
            Some(text) => session.push("onSay", &text),
            None => self.members.broadcast("onSay", &text),
        };
        pushed.map_or_else(|error| format!("{:?}", error.kind()), |()| "sent".into())
    }
}

async fn open(app: &TestApp) -> RawClient {
    let mut client = app.raw();
    client.open().await;
    client
}

async fn ask(client: &mut RawClient, route: &str, body: &str) -> Value {
    client.request(1, route, body).await;
    let reply = client.message().await;
    assert_eq!(reply.kind, MessageKind::Response);
    reply.json()
}

#[tokio::test(start_paused = true)]
async fn inbound_stages_run_in_order_and_may_change_or_refuse() {
    let log = Log::default();
    let stage = |name: &'static str| {
        let log = log.clone();
        move |message: &mut InboundMessage<'_>| {
            let body = String::from_utf8_lossy(message.body()).into_owned();
            let kind = if message.is_request() { "request" } else { "notify" };
            log.add(format!("{name}: {kind} {} {body}", message.route()));
            match body.as_str() {
                "\"refused\"" => Err(Error::reject("refused", "by a stage")),
                "\"fault\"" => Err(Error::internal("the database is away")),
                "\"panic\"" => panic!("a stage panics"),
                _ => {
                    message.body_mut().splice(1..1, name.bytes());
                    Ok(())
                }
            }
        }
    };
    let app = App::new()
        .component(Room { log: log.clone(), ..Room::default() })
        .inbound(stage("a"))
        .inbound_async(async |mut message: InboundMessage<'static>| {
            tokio::task::yield_now().await;
            message.body_mut().splice(1..1, *b"w");
            Ok(message)
        })
        .inbound(stage("b"));
    let app = TestApp::start(app).await;
    let mut client = open(&app).await;
    assert_eq!(ask(&mut client, "room.echo", "\"x\"").await, json!("bwax"));
    client.notify("room.echo", "\"y\"").await;
    for (body, code) in [("refused", "refused"), ("fault", "internal"), ("panic", "internal")] {
        let answer = ask(&mut client, "room.echo", &format!("\"{body}\"")).await;
        assert_eq!(code_of(&answer), code, "{body}");
    }
    // Stages do not see what has no handler.
    assert_eq!(code_of(&ask(&mut client, "room.none", "null").await), "not_found");
    assert_eq!(
        log.entries(),
        [
            "a: request room.echo \"x\"",
            "b: request room.echo \"wax\"",
            "echo bwax",
            "a: notify room.echo \"y\"",
            "b: notify room.echo \"way\"",
            "echo bway",
            "a: request room.echo \"refused\"",
            "a: request room.echo \"fault\"",
            "a: request room.echo \"panic\"",
        ]
    );
}

/// A stage that waits is cut off like a handler, and the session's next message waits for it.
#[tokio::test(start_paused = true)]
async fn a_stage_that_waits_has_the_deadline_of_a_handler_and_keeps_the_order() {
    let go_on = Arc::new(Notify::new());
    let gate = go_on.clone();
    let app = App::new()
        .component(Room::default())
        .handler_timeout(Duration::from_secs(2))
        .inbound_async(move |message| {
            let gate = gate.clone();
            async move {
                match message.body() {
                    b"\"slow\"" => gate.notified().await,
                    b"\"panic\"" => panic!("a stage panics"),
                    _ => {}
                }
                Ok(message)
            }
        });
    let app = TestApp::start(app).await;
    let mut client = open(&app).await;
    for (id, body) in [(1, "\"slow\""), (2, "\"panic\""), (3, "\"x\"")] {
        client.request(id, "room.echo", body).await;
    }
    let (first, second) = (client.message().await, client.message().await);
    assert_eq!((first.id, code_of(&first.json())), (1, "timeout"));
    assert_eq!((second.id, code_of(&second.json())), (2, "internal"));
    let third = client.message().await;
    assert_eq!((third.id, third.json()), (3, json!("x")));
}

/// Bytes that look like text of stock JavaScript clients reach the stages unchanged, and text is repaired after them.
#[tokio::test(start_paused = true)]
async fn bodies_of_stages_are_bytes_and_text_is_repaired_after_them() {
    let flip = |body: &mut Vec<u8>| body.iter_mut().for_each(|byte| *byte ^= 0xff);
    let app = App::new()
        .inbound(move |message| {
            flip(message.body_mut());
            Ok(())
        })
        .outbound_shared(move |message| {
            flip(message.body_mut());
            Ok(())
        });
    let app = TestApp::start(app.component(Room::default())).await;
    let mut client = open(&app).await;
    let mut body = b"\"\xed\xa0\xbd\xed\xb8\x80\"".to_vec();
    flip(&mut body);
    client.request(1, "room.echo", &body).await;
    let mut reply = client.message().await.body.to_vec();
    flip(&mut reply);
    assert_eq!(reply, b"\"\\ud83d\\ude00\"");
}

/// The pipeline of the Rust client: both directions, errors and pushes.
struct Flip(u8);

impl Pipeline for Flip {
    fn outbound(&self, _: &str, body: &mut Vec<u8>) -> Result<()> {
        body.iter_mut().for_each(|byte| *byte ^= self.0);
        Ok(())
    }

    fn inbound(&self, kind: OutboundKind, route: &str, body: &mut Vec<u8>) -> Result<()> {
        assert_eq!(kind == OutboundKind::Push, route.starts_with("on"), "{route}");
        body.iter_mut().for_each(|byte| *byte ^= self.0);
        if body == b"\"broken\"" {
            panic!("a pipeline panics");
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_rust_client_undoes_what_the_stages_do() {
    let key = 0x5a;
    let flip = move |body: &mut Vec<u8>| body.iter_mut().for_each(|byte| *byte ^= key);
    let app = App::new()
        .inbound(move |message| {
            flip(message.body_mut());
            Ok(())
        })
        .outbound(move |_, message| {
            flip(message.body_mut());
            Ok(())
        });
    let app = TestApp::start(app.component(Room::default())).await;
    let log = Log::default();
    let heard = log.clone();
    let builder = Client::builder()
        .pipeline(move |user| {
            assert_eq!(*user, json!({}));
            Ok(Flip(key))
        })
        .on::<String>("onSay", move |text| heard.add(text));
    let client = app.connect_with(builder).await;
    client.request::<_, ()>("room.join", &()).await.unwrap();
    assert_eq!(client.request::<_, String>("room.echo", &"x").await.unwrap(), "x");
    let full = client.request::<_, ()>("room.fail", &()).await.expect_err("it is full");
    assert_eq!(full.code(), Some("full"));
    for text in ["broken", "hi"] {
        assert_eq!(client.request::<_, String>("room.say", &text).await.unwrap(), "sent");
    }
    log.reached("hi").await;
    assert_eq!(log.entries(), ["hi"], "the broken one is dropped");
    let broken = client.request::<_, String>("room.echo", &"broken").await.expect_err("it panics");
    assert_eq!(broken.kind(), ErrorKind::Internal);

    let refusing = Client::builder().pipeline(|_| Err::<Flip, _>(Error::reject("no_key", "none")));
    let refused = refusing.over(app.pipe()).await.expect_err("there is no pipeline");
    assert_eq!(refused.code(), Some("no_key"));
    let mut raw = app.raw();
    raw.send_packet(PacketKind::Handshake, "{}").await;
    assert_eq!(raw.packet().await.expect("an answer").kind, PacketKind::Handshake);
}

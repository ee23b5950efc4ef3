//! The stages around messages: order, refusals, failures, and what they cost a broadcast.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::client::{Client, Pipeline};
use nano::codec::{MessageKind, PacketKind};
use nano::testing::{RawClient, TestApp};
use nano::{
    App, Error, ErrorKind, Group, InboundMessage, OutboundKind, OutboundMessage, Reply, Result,
    Session, component,
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

/// Puts a mark in front of a body.
fn mark(message: &mut OutboundMessage<'_>, mark: &str) {
    let marked = [mark.as_bytes(), message.body()].concat();
    message.set_body(marked);
}

#[tokio::test(start_paused = true)]
async fn outbound_stages_see_every_reply_error_and_push() {
    let app = App::new()
        .component(Room::default())
        .outbound(|session, message| {
            mark(message, if session.is_closed() { "closed " } else { "own " });
            Ok(())
        })
        .outbound_shared(|message| {
            let seen = format!("{:?} {} ", message.kind(), message.route());
            mark(message, &seen);
            Ok(())
        });
    let app = TestApp::start(app).await;
    let mut client = open(&app).await;
    let mut check = async |route: &str, body: &str, expected: &[&str]| {
        client.request(1, route, body).await;
        for expected in expected {
            let body = client.message().await.body;
            assert_eq!(String::from_utf8_lossy(&body), *expected, "{route}");
        }
    };
    // Stock clients get text that they can read, and bytes of a stage as they are.
    check("room.echo", "\"\u{1f600}\"", &["own Reply room.echo \"\\ud83d\\ude00\""]).await;
    let full = r#"own Error room.fail {"code":500,"error":{"code":"full","msg":"8 players"}}"#;
    check("room.fail", "null", &[full]).await;
    check("room.join", "null", &["own Reply room.join {}"]).await;
    check("room.later", "null", &["own Reply room.later 7"]).await;
    let sent = "own Reply room.say \"sent\"";
    check("room.say", "\"hi\"", &["own Push onSay \"hi\"", sent]).await;
    check("room.say", "\"to me: hi\"", &["own Push onSay \"hi\"", sent]).await;
}

/// A broadcast to 16 members, of two dialects.
async fn broadcast(app: App) -> Vec<String> {
    let app = TestApp::start(app.component(Room::default())).await;
    let mut members = Vec::new();
    for n in 0..16 {
        let mut client = app.raw();
        client
            .open_as(if n % 2 == 0 {
                json!({})
            } else {
                json!({ "sys": { "features": ["zlib"] } })
            })
            .await;
        client.request(1, "room.join", "null").await;
        client.message().await;
        members.push(client);
    }
    members[0].request(2, "room.say", "\"\u{1f600}\"").await;
    let mut bodies = Vec::new();
    for client in &mut members {
        let push = client.message().await;
        assert_eq!(push.route, "onSay");
        bodies.push(String::from_utf8_lossy(&push.body).into_owned());
    }
    bodies
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_passes_shared_stages_once_and_those_of_each_session_for_each() {
    let (shared, own) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = shared.clone();
    let with_shared = App::new().outbound_shared(move |message| {
        if message.kind() == OutboundKind::Push {
            count.fetch_add(1, Ordering::Relaxed);
        }
        mark(message, "s");
        Ok(())
    });
    let bodies = broadcast(with_shared).await;
    assert_eq!(bodies, ["s\"\\ud83d\\ude00\""; 16]);
    assert_eq!(shared.load(Ordering::Relaxed), 1);

    let (counts, per_session) = (shared.clone(), own.clone());
    let with_both = App::new()
        .outbound(move |session, message| {
            let n = per_session.fetch_add(1, Ordering::Relaxed);
            mark(message, &format!("{}:{n} ", session.id().get() % 2));
            Ok(())
        })
        .outbound_shared(move |message| {
            if message.kind() == OutboundKind::Push {
                counts.fetch_add(1, Ordering::Relaxed);
            }
            mark(message, "s");
            Ok(())
        });
    let mut bodies = broadcast(with_both).await;
    assert_eq!(shared.load(Ordering::Relaxed), 2);
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), 16, "each has its own: {bodies:?}");
    assert!(bodies.iter().all(|body| body.ends_with("s\"\\ud83d\\ude00\"")), "{bodies:?}");
}

/// A stage that fails or panics costs the message: the push fails, the request has one answer.
#[tokio::test(start_paused = true)]
async fn a_failing_outbound_stage_costs_its_message_only() {
    for panics in [false, true] {
        let stage = move |message: &mut OutboundMessage<'_>| {
            let bad = message.body().windows(3).any(|part| part == b"bad");
            match (bad, panics) {
                (false, _) => Ok(()),
                (true, false) => Err(Error::reject("unsendable", "a stage refuses")),
                (true, true) => panic!("a stage panics"),
            }
        };
        let shared = App::new().outbound_shared(stage);
        let own = App::new().outbound(move |_, message| stage(message));
        for app in [shared, own] {
            let app = TestApp::start(app.component(Room::default())).await;
            let mut client = open(&app).await;
            ask(&mut client, "room.join", "null").await;
            let kind = if panics { ErrorKind::Internal } else { ErrorKind::Rejected };
            for body in ["\"to me: bad\"", "\"bad\""] {
                let said = ask(&mut client, "room.say", body).await;
                assert_eq!(said, json!(format!("{kind:?}")), "{body}");
            }
            assert_eq!(code_of(&ask(&mut client, "room.echo", "\"bad\"").await), "internal");
            assert_eq!(ask(&mut client, "room.echo", "\"good\"").await, json!("good"));
        }
    }
    // Even when no error passes.
    let app = App::new().outbound_shared(|message| match message.kind() {
        OutboundKind::Push => Ok(()),
        _ => Err(Error::internal("nothing passes")),
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let answer = ask(&mut open(&app).await, "room.echo", "\"x\"").await;
    let fixed = json!({ "code": 500, "error": { "code": "internal", "msg": "internal error" } });
    assert_eq!(answer, fixed);
}

#[tokio::test(start_paused = true)]
async fn the_packet_limit_holds_for_what_stages_make_of_a_body() {
    let app = App::new().packet_limit(1024).outbound_shared(|message| {
        let grown = message.body().repeat(100);
        message.set_body(if message.body().len() > 20 { message.body().to_vec() } else { grown });
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let mut client = open(&app).await;
    client.request(1, "room.echo", format!("\"{}\"", "x".repeat(15))).await;
    let answer = client.message().await.json();
    assert_eq!(code_of(&answer), "internal");
}

/// The stage of a session that sends would wait for itself, or for one that waits for it.
#[tokio::test(start_paused = true)]
async fn a_stage_that_sends_gets_an_error() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let errors = seen.clone();
    let app = App::new().outbound(move |session, _| {
        let error = session.push("onStage", &1).expect_err("it is within a stage");
        errors.lock().unwrap().push(error.kind());
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    assert_eq!(ask(&mut open(&app).await, "room.echo", "\"x\"").await, json!("x"));
    assert_eq!(*seen.lock().unwrap(), [ErrorKind::Internal]);
}

/// What passes a session's stage first goes out first, from whichever thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counting_stages_count_in_the_order_of_the_wire() {
    #[derive(Clone, Default)]
    struct Count(usize);
    let app = App::new().outbound(|session, message| {
        let next = |Count(count): &mut Count| {
            *count += 1;
            *count
        };
        let count = session.update(next).unwrap_or_default();
        message.set_body(count.to_string());
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let mut client = open(&app).await;
    client.request(1, "room.join", "null").await;
    client.message().await;
    let session = app.server().component::<Room>().expect("a room");
    let session = session.call(|room| room.members.members().remove(0)).await.expect("a member");
    session.insert(Count::default());
    let pushers: Vec<_> = (0..4)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move {
                for _ in 0..250 {
                    session.push("onCount", &0).expect("it is open");
                }
            })
        })
        .collect();
    for n in 1..=1000 {
        assert_eq!(client.message().await.json(), json!(n));
    }
    for pusher in pushers {
        pusher.await.expect("no panic");
    }
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

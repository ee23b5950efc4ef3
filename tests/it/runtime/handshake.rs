//! The handshake hook: its decision, the words in which each dialect receives it, and the time that it has.

use std::sync::Arc;
use std::time::Duration;

use nano::client::Client;
use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Error, ErrorKind, Group, Handshake, Result, Session, component};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::promises::support::Log;

#[derive(Deserialize)]
struct Login {
    token: String,
}

#[derive(Deserialize, Serialize, Debug, PartialEq)]
struct Welcome {
    motd: String,
}

/// Decides by the token that a client sends.
struct Gate {
    log: Log,
    members: Group,
    go_on: Arc<Notify>,
}

#[component]
impl Gate {
    #[on(handshake)]
    async fn greet(&self, session: &Session, hello: Handshake<Login>) -> Result<Welcome> {
        let client = hello.client_type().unwrap_or("unknown");
        self.log.add(format!("greet {client} {}", hello.version().unwrap_or("unknown")));
        match hello.user.token.as_str() {
            "ann" => session.bind(1).await?,
            "slow" => self.go_on.notified().await,
            "banned" => return Err(Error::reject("banned", "until \u{1f382}")),
            "old" => return Err(Error::reject("client_too_old", "update")),
            "kicked" => session.kick("out"),
            "hasty" => {
                self.members.add(session)?;
                let error = session.push("onHaste", &1).expect_err("no client takes it yet");
                assert_eq!(error.kind(), ErrorKind::Closed);
                self.members.broadcast("onHaste", &2)?;
            }
            "long" => return Ok(Welcome { motd: "x".repeat(64 * 1024) }),
            "panic" => panic!("a hook panics"),
            _ => return Err(Error::internal("the database is away")),
        }
        Ok(Welcome { motd: format!("hello {}", hello.user.token) })
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) -> Result<()> {
        self.log.add(format!("opened {:?}", session.uid()));
        session.push("onWelcome", &"hi")
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.log.add(format!("bound {:?}", session.uid()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.log.add(format!("closed {:?}", session.close_reason()));
    }
}

async fn gate() -> (TestApp, Log, Arc<Notify>) {
    let (log, go_on) = (Log::default(), Arc::new(Notify::new()));
    let gate = Gate { log: log.clone(), members: Group::new(), go_on: go_on.clone() };
    let app = App::new().handshake_timeout(Duration::from_secs(5)).component(gate);
    (TestApp::start(app).await, log, go_on)
}

fn login(token: &str) -> Value {
    json!({ "sys": { "type": "test", "version": "1.2.0" }, "user": { "token": token } })
}

/// The bytes of the packet that a client receives in place of an acceptance, after which the connection ends.
async fn refusal(app: &TestApp, hello: &str) -> String {
    let mut client = app.raw();
    client.send_packet(PacketKind::Handshake, hello).await;
    let packet = client.packet().await.expect("an answer");
    assert_eq!(packet.kind, PacketKind::Handshake, "{:?}", packet.body);
    client.expect_closed().await;
    String::from_utf8(packet.body.to_vec()).expect("text")
}

#[tokio::test(start_paused = true)]
async fn the_hook_accepts_with_a_value_and_may_bind() {
    let (app, log, _) = gate().await;
    let builder = Client::builder().client_type("bot").version("3.1.0");
    let client = app.connect_with(builder.user(json!({ "token": "ann" }))).await;
    assert_eq!(client.user::<Welcome>().unwrap(), Welcome { motd: "hello ann".into() });
    log.reached("bound Some(1)").await;
    assert_eq!(log.entries(), ["greet bot 3.1.0", "opened Some(1)", "bound Some(1)"]);
}

/// Trap 22: the client learns why it is refused, in the words of its dialect.
#[tokio::test(start_paused = true)]
async fn trap_22_a_refusal_tells_each_dialect_why() {
    let (app, log, _) = gate().await;
    let check = async |sys: &str, token: &str, expected: &str| {
        let hello = format!(r#"{{"sys":{sys},"user":{{"token":"{token}"}}}}"#);
        assert_eq!(refusal(&app, &hello).await, expected, "{hello}");
    };
    let (stock, pitaya) = (r#"{"type":"js-websocket"}"#, r#"{"libVersion":"1","platform":"mac"}"#);
    let native = r#"{"features":["errors"]}"#;
    let banned = |code| format!(r#"{{"code":{code},"msg":"until \ud83c\udf82","error":"banned"}}"#);
    check(stock, "banned", &banned(500)).await;
    check(pitaya, "banned", &banned(400)).await;
    check(native, "banned", &banned(500)).await;
    let old = |code| format!(r#"{{"code":{code},"msg":"update","error":"client_too_old"}}"#);
    check(stock, "old", &old(501)).await;
    check(pitaya, "old", &old(400)).await;
    check(native, "old", &old(501)).await;
    // Faults of the server, whose details no client sees.
    let internal = r#"{"code":500,"msg":"internal error","error":"internal"}"#;
    for token in ["nobody", "panic", "long"] {
        check(stock, token, internal).await;
    }
    let undecoded = refusal(&app, r#"{"user":{"token":7}}"#).await;
    let bad = r#"{"code":500,"msg":"the payload does not decode","error":"bad_request"}"#;
    assert_eq!(undecoded, bad);
    assert!(!log.entries().iter().any(|entry| entry.starts_with("opened")), "{log:?}");
    assert!(!log.entries().iter().any(|entry| entry.starts_with("closed")), "{log:?}");
    assert_eq!(app.server().sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_rust_client_hands_a_refusal_to_the_application() {
    let (app, ..) = gate().await;
    let refused = async |token: &str| {
        let builder = Client::builder().user(json!({ "token": token }));
        builder.over(app.pipe()).await.expect_err("it is refused")
    };
    let banned = refused("banned").await;
    assert_eq!((banned.kind(), banned.code()), (ErrorKind::Rejected, Some("banned")));
    assert_eq!(banned.message(), "until \u{1f382}");
    // The client may come back: it has done nothing wrong.
    assert_eq!(refused("nobody").await.kind(), ErrorKind::Closed);
}

/// A kick in the hook is the answer, whatever the hook returns.
#[tokio::test(start_paused = true)]
async fn a_session_that_the_hook_kicks_is_not_accepted() {
    let (app, log, _) = gate().await;
    let mut client = app.raw();
    client.send_packet(PacketKind::Handshake, login("kicked").to_string()).await;
    assert_eq!(client.kick_reason().await, "out");
    client.expect_closed().await;
    assert_eq!(log.entries(), ["greet test 1.2.0"]);
}

#[tokio::test(start_paused = true)]
async fn packets_wait_for_the_decision_and_are_then_checked() {
    let (app, log, go_on) = gate().await;
    let started = async |client: &mut RawClient, times| {
        client.send_packet(PacketKind::Handshake, login("slow").to_string()).await;
        log.reached_times("greet test 1.2.0", times).await;
    };
    let mut patient = app.raw();
    started(&mut patient, 1).await;
    patient.send_packet(PacketKind::Heartbeat, "").await;
    patient.ack().await;
    let mut hasty = app.raw();
    started(&mut hasty, 2).await;
    hasty.request(1, "gate.none", "null").await;
    let mut gone = app.raw();
    started(&mut gone, 3).await;
    drop(gone);
    go_on.notify_waiters();
    let accepted = patient.packet().await.expect("an answer");
    assert_eq!(accepted.kind, PacketKind::Handshake);
    assert_eq!(patient.message().await.json(), json!("hi"));
    assert_eq!(hasty.packet().await.expect("an answer").kind, PacketKind::Handshake);
    let reason = hasty.kick_reason().await;
    assert_eq!(reason, "protocol_error: expected the handshake's ack, got a data packet");
    hasty.expect_closed().await;
    drop(patient);
    log.reached("closed Some(Disconnected)").await;
    assert_eq!(log.count("opened None"), 1);
}

/// Nothing overtakes the answer to the handshake, and nothing comes before the ack.
#[tokio::test(start_paused = true)]
async fn pushes_of_the_hook_fail() {
    let (app, ..) = gate().await;
    let mut client = app.raw();
    assert_eq!(client.handshake(login("hasty")).await["user"]["motd"], "hello hasty");
    client.ack().await;
    assert_eq!(client.message().await.route, "onWelcome");
}

#[tokio::test(start_paused = true)]
async fn the_handshake_timeout_goes_on_while_the_hook_runs() {
    let (app, log, _) = gate().await;
    let started = Instant::now();
    let late = r#"{"code":500,"msg":"the request took too long","error":"timeout"}"#;
    assert_eq!(refusal(&app, &login("slow").to_string()).await, late);
    assert_eq!(started.elapsed(), Duration::from_secs(5));
    assert_eq!(log.entries(), ["greet test 1.2.0"]);
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_the_hook_no_longer_than_for_a_handler() {
    let (app, log, _) = gate().await;
    let mut client = app.raw();
    let mut hello = login("slow");
    hello["sys"]["features"] = json!([]);
    client.send_packet(PacketKind::Handshake, hello.to_string()).await;
    log.reached("greet test 1.2.0").await;
    app.shutdown().await;
    assert_eq!(client.kick_reason().await, "shutdown");
    assert_eq!(log.entries(), ["greet test 1.2.0"]);
}

struct Second;

#[component]
impl Second {
    #[on(handshake)]
    fn greet(&self) -> u8 {
        7
    }
}

#[tokio::test]
async fn an_app_has_one_hook_and_a_version_that_can_be_read() {
    let (log, go_on) = (Log::default(), Arc::default());
    let gate = Gate { log, members: Group::new(), go_on };
    let app = App::new().component(gate).component(Second).min_client_version("new");
    let error = app.start().await.expect_err("two hooks");
    assert_eq!(
        error.to_string(),
        "the app cannot start, for 2 reasons\n  \
         - min_client_version is `new`: unexpected character 'n' while parsing major version number; \
         `1.4.0` is a version\n  \
         - an app has one handshake hook; `gate.greet`, `second.greet` are too many"
    );
    let app = TestApp::start(App::new().component(Second)).await;
    assert_eq!(app.connect().await.user::<u8>().unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn clients_that_are_too_old_are_refused_before_the_hook() {
    let (log, go_on) = (Log::default(), Arc::default());
    let gate = Gate { log: log.clone(), members: Group::new(), go_on };
    let app = TestApp::start(App::new().component(gate).min_client_version("1.4.0")).await;
    let old = |code, version: &str| {
        format!(
            r#"{{"code":{code},"msg":"the version of the client is {version}, and has to be 1.4.0 at least","error":"client_too_old"}}"#
        )
    };
    let check = async |sys: &str, expected: String| {
        assert_eq!(refusal(&app, &format!(r#"{{"sys":{sys}}}"#)).await, expected);
    };
    check(r#"{"type":"js-websocket","version":"1.3.9"}"#, old(501, "1.3.9")).await;
    check("{}", old(501, "unknown")).await;
    let pitaya = r#"{"libVersion":"0.3.5","platform":"mac","clientVersion":"1.0"}"#;
    check(pitaya, old(400, "1.0")).await;
    check(r#"{"features":[],"version":"1.4.0-rc.1"}"#, old(501, "1.4.0-rc.1")).await;
    assert_eq!(log.entries(), Vec::<String>::new());
    let new = Client::builder().version("1.4.0").user(json!({ "token": "ann" }));
    app.connect_with(new).await;
    let error = Client::builder().version("1.0.0").over(app.pipe()).await.expect_err("too old");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("client_too_old")));
}

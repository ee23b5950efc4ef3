//! The log under attack: no peer makes it grow as fast as it sends.

use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Error, Protobuf, Reply, Result, Session, component};
use prost::Message;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::packet;
use crate::promises::support::Logged;

const FLOOD: usize = 20_000;

/// The lines that a flood may cause.
const MOST: usize = 30;

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
struct Number {
    #[prost(int64, tag = "1")]
    value: i64,
}

struct Target;

#[component]
impl Target {
    #[handler]
    fn double(&self, number: Number) -> Number {
        Number { value: number.value * 2 }
    }

    #[handler]
    fn refuses(&self) -> Result<Number> {
        Err(Error::reject("nope", "not today"))
    }

    #[handler]
    fn fails(&self) -> Result<Number> {
        Err(Error::internal("the database is away"))
    }

    #[handler]
    fn panics(&self) -> Number {
        std::panic::resume_unwind(Box::new("without the panic hook"))
    }

    #[handler]
    fn too_large(&self) -> String {
        "x".repeat(2000)
    }

    #[handler]
    fn forgets(&self, _reply: Reply<Number>) {}

    #[handler]
    async fn login(&self, session: &Session, number: Number) -> Result<()> {
        session.bind(number.value).await
    }

    #[handler]
    fn push(&self, session: &Session, count: usize) -> Result<()> {
        (0..count).try_for_each(|_| session.push_bytes("onNumber", b"{}"))
    }

    /// Makes the session a slow consumer.
    #[handler]
    fn feed(&self, session: &Session) {
        while session.push_bytes("onFood", &[b'x'; 900]).is_ok() {}
    }
}

fn app() -> App {
    App::new().packet_rate(None).component(Target)
}

/// A message with a flag byte, an id if it is a request, and a route.
fn message(flag: u8, route: &str, body: &str) -> Vec<u8> {
    let id: &[u8] = if flag & 2 == 0 { &[1] } else { &[] };
    let len = u8::try_from(route.len()).expect("a short route");
    packet(4, [&[flag], id, &[len], route.as_bytes(), body.as_bytes()].concat())
}

const REQUEST: u8 = 0;
const NOTIFY: u8 = 2;
const DEFLATED: u8 = 0x10;

fn opening() -> Vec<u8> {
    [packet(1, ""), packet(2, "")].concat()
}

/// Sends `bytes` over one connection, and reads until the server has ended it.
async fn send(app: &TestApp, bytes: Vec<u8>) {
    let (mut read, mut write) = tokio::io::split(app.pipe());
    let writing = tokio::spawn(async move {
        // The server may end the connection before it has read everything.
        let _ = write.write_all(&bytes).await;
        let _ = write.shutdown().await;
    });
    // In a task of its own, which has its turn as often as the server has.
    let reading = tokio::spawn(async move {
        let mut chunk = vec![0; 64 * 1024];
        while read.read(&mut chunk).await.is_ok_and(|len| len > 0) {}
    });
    writing.await.expect("no panic");
    reading.await.expect("no panic");
}

/// Counts the lines of a kind, and those that were left out.
fn counted(lines: &[String], text: &str) -> usize {
    let left_out = |line: &String| {
        let number = line.split("left_out=").nth(1)?.split(' ').next()?;
        number.parse::<usize>().ok()
    };
    let of_kind = lines.iter().filter(|line| line.contains(text));
    let summary = |line: &&String| line.starts_with("message=lines of one kind");
    of_kind.map(|line| left_out(line).unwrap_or(0) + usize::from(!summary(&line))).sum()
}

/// Checks the log of an app after a flood: few lines, which tell the number of all.
async fn check(
    name: &str,
    app: App,
    expected: Option<(&str, &str)>,
    flood: impl AsyncFn(&TestApp),
) {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = TestApp::start(app).await;
    flood(&app).await;
    // The number of the last of them is told when none has followed.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let levels = ["ERROR", "WARN", "INFO"].map(|level| (level, logged.of(level)));
    let all: Vec<_> = levels.iter().flat_map(|(_, lines)| lines).collect();
    assert!(all.len() <= MOST, "{name}: {} lines, such as {:?}", all.len(), all.last());
    let Some((level, text)) = expected else {
        assert!(all.is_empty(), "{name}: a line for what is nothing to the server: {all:?}");
        return;
    };
    let [(_, errors), (_, warnings), _] = &levels;
    assert_eq!(errors.is_empty(), level != "ERROR", "{name}: {errors:?}");
    let lines = [&errors[..], warnings].concat();
    assert_eq!(counted(&lines, text), FLOOD, "{name}: {lines:?}");
}

#[tokio::test(start_paused = true)]
async fn case_s06_log_messages_at_wire_speed_cost_few_lines() {
    let failed = Some(("ERROR", "a handler failed"));
    let withheld = Some(("WARN", "a request stays unanswered"));
    let cases = [
        ("no route", app(), message(REQUEST, "no.such", ""), None),
        ("no route for a notify", app(), message(NOTIFY, "no.such", ""), None),
        ("no JSON", app(), message(REQUEST, "target.double", "{"), None),
        ("no JSON in a notify", app(), message(NOTIFY, "target.double", "{"), None),
        ("no zlib", app(), message(REQUEST | DEFLATED, "target.double", "x"), None),
        ("refused", app(), message(REQUEST, "target.refuses", ""), None),
        ("no user", app(), message(REQUEST, "target.login", "\"x\""), None),
        ("failed", app(), message(REQUEST, "target.fails", ""), failed),
        ("failed notify", app(), message(NOTIFY, "target.fails", ""), failed),
        ("forgotten", app(), message(REQUEST, "target.forgets", ""), failed),
        (
            "panicked",
            app(),
            message(REQUEST, "target.panics", ""),
            Some(("ERROR", "a call of the application panicked")),
        ),
        (
            "too large",
            app().packet_limit(1000),
            message(REQUEST, "target.too_large", ""),
            Some(("ERROR", "a reply could not be sent")),
        ),
    ];
    for (name, app, message, expected) in cases {
        check(name, app, expected, async |app| {
            send(app, [opening(), message.repeat(FLOOD)].concat()).await;
        })
        .await;
    }
    // Stock clients of Protobuf cannot be told of errors.
    let stock = || App::new().packet_rate(None).serializer(Protobuf).component(Numbers);
    for (name, message) in [
        ("no route, Protobuf", message(REQUEST, "no.such", "")),
        ("no Protobuf", message(REQUEST, "numbers.double", "\u{7}")),
        ("no zlib, Protobuf", message(REQUEST | DEFLATED, "numbers.double", "x")),
    ] {
        check(name, stock(), withheld, async |app| {
            send(app, [opening(), message.repeat(FLOOD)].concat()).await;
        })
        .await;
    }
    // The first is the user's own, and the others are another's.
    let login = |uid| message(REQUEST, "target.login", &format!("{{\"value\":{uid}}}"));
    check("another user", app(), None, async |app| {
        send(app, [opening(), login(1), login(2).repeat(FLOOD)].concat()).await;
    })
    .await;
}

struct Numbers;

#[component]
impl Numbers {
    #[handler]
    fn double(&self, number: Number) -> Number {
        Number { value: number.value * 2 }
    }
}

#[tokio::test(start_paused = true)]
async fn case_s06_log_connections_at_wire_speed_cost_few_lines() {
    let refused = Some(("WARN", "a connection is refused"));
    let slow = Some(("WARN", "a slow consumer is closed"));
    let large = Some(("WARN", "it sent a packet over the limit"));
    let proxy = Some(("WARN", "it begins with the PROXY protocol"));
    let cases = [
        ("closed at once", app(), vec![], None),
        ("HTTP", app(), b"GET / HTTP/1.1\r\n\r\n".to_vec(), None),
        ("PROXY", app(), b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".to_vec(), proxy),
        ("TLS", app(), vec![0x16, 3, 1, 2, 0, 1], None),
        ("a part of a packet", app(), vec![1, 0], None),
        ("a packet that is too long", app(), vec![1, 255, 255, 255], large),
        ("no JSON in the handshake", app(), packet(1, "{"), None),
        ("a message before the handshake", app(), message(REQUEST, "target.refuses", ""), None),
        ("a code that nobody has", app(), [opening(), packet(4, [3, 9, 9])].concat(), None),
        ("a message that is none", app(), [opening(), packet(4, "")].concat(), None),
        ("full", app().max_sessions(1), vec![], refused),
        ("too many in the handshake", app().max_handshakes(1), vec![], refused),
        (
            "slow",
            app().packet_limit(1000).outbound_limit(1004),
            [opening(), message(NOTIFY, "target.feed", "")].concat(),
            slow,
        ),
    ];
    for (name, app, bytes, expected) in cases {
        check(name, app, expected, async |app| {
            let _first = app.pipe();
            for _ in 0..FLOOD {
                send(app, bytes.clone()).await;
            }
        })
        .await;
    }
}

/// What was left out is told at the end as well.
#[tokio::test(start_paused = true)]
async fn the_lines_that_were_left_out_are_told_before_the_app_stops() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = TestApp::start(app()).await;
    send(&app, [opening(), message(NOTIFY, "target.fails", "").repeat(3)].concat()).await;
    app.shutdown().await;
    assert_eq!(
        logged.of("WARN"),
        ["message=lines of one kind were left out line=\"a handler failed\" left_out=2"]
    );
}

/// A client's peer is the server.
#[tokio::test(start_paused = true)]
async fn case_s06_log_pushes_at_wire_speed_cost_few_lines_of_a_client() {
    let undecoded = Some(("WARN", "push could not be decoded"));
    check("undecoded pushes", app(), undecoded, async |app| {
        let client = app.connect().await;
        client.on::<i64>("onNumber", |_| panic!("this is no number"));
        client.request::<_, ()>("target.push", &FLOOD).await.expect("a reply");
        // The number of those left out is told with the next line.
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
}

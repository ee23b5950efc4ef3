//! The spans of sessions and calls, as the lines of a log show them.

use std::io;
use std::sync::{Arc, Mutex};

use nano::client::{Client, ClientBuilder, Dialect};
use nano::testing::TestApp;
use nano::{App, ErrorKind, Json, Result, Session, WebSocket, component};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tracing_subscriber::EnvFilter;

use super::memory::memory;
use crate::promises::support::ask_each_thread;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct Desk;

#[component]
impl Desk {
    #[handler]
    async fn sit(&self, session: &Session, uid: i64) -> Result<Option<String>> {
        tokio::task::yield_now().await;
        session.bind(uid).await?;
        tracing::info!("sits");
        Ok(session.trace_parent().map(|trace| trace.to_string()))
    }

    #[handler(concurrent)]
    async fn write(&self) {
        tokio::task::yield_now().await;
        tracing::info!("writes");
    }
}

/// The lines that are written on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Collects what `filter` lets through, until the guard is dropped.
    fn collect(filter: &str) -> (Self, tracing::subscriber::DefaultGuard) {
        ask_each_thread();
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .without_time()
            .finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    /// The line that ends in `text`, with its spans.
    fn of(&self, text: &str) -> String {
        let all = String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text");
        let found = all.lines().find(|line| line.ends_with(text)).map(str::to_owned);
        found.unwrap_or_else(|| panic!("no line `{text}` in\n{all}"))
    }
}

async fn app() -> TestApp {
    TestApp::start(App::new().component(Desk)).await
}

#[tokio::test]
async fn lines_of_handlers_name_the_session_its_user_and_its_trace() {
    let (lines, _guard) = Lines::collect("info,nano::session=debug");
    let app = app().await;
    let mut client = app.raw();
    client.open_as(json!({"sys": {"traceparent": PARENT}})).await;
    client.request(1, "desk.sit", "7").await;
    assert_eq!(client.message().await.json(), json!(PARENT));
    client.request(2, "desk.write", "null").await;
    client.message().await;

    let (sits, writes) = (lines.of("sits"), lines.of("writes"));
    let trace = format!("trace_id=\"{TRACE}\" parent_id=\"00f067aa0ba902b7\"");
    assert!(sits.contains("session{session=") && sits.contains(&trace), "{sits}");
    assert!(!sits.contains("uid=") && !sits.contains("call{"), "{sits}");
    // The task of a concurrent handler is in the span as well. The user is known by then.
    assert!(writes.contains(&trace) && writes.contains(" uid=7"), "{writes}");
}

#[tokio::test]
async fn calls_have_spans_inside_that_of_their_session() {
    let (lines, _guard) = Lines::collect("info,nano::session=debug,nano::call=debug");
    let app = app().await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "desk.sit", "7").await;
    assert_eq!(client.message().await.json(), json!(null));
    let sits = lines.of("sits");
    let (session, call) =
        (sits.find("session{"), sits.find("call{kind=handler route=\"desk.sit\""));
    assert!(session.is_some() && session < call && !sits.contains("trace_id"), "{sits}");
}

#[tokio::test]
async fn there_are_no_spans_that_nobody_asks_for() {
    let (lines, _guard) = Lines::collect("info");
    let app = app().await;
    let mut client = app.raw();
    client.open_as(json!({"sys": {"traceparent": PARENT}})).await;
    client.request(1, "desk.sit", "7").await;
    assert_eq!(client.message().await.json(), json!(PARENT), "the trace is known all the same");
    let sits = lines.of("sits");
    assert!(!sits.contains('{'), "{sits}");
}

#[tokio::test]
async fn the_rust_client_names_its_trace() {
    let app = app().await;
    let connect = async |builder: ClientBuilder<Json>, trace: &str| {
        let (near, far) = tokio::io::duplex(4096);
        app.server().serve(far);
        builder.traceparent(trace).over(near).await
    };
    for dialect in [Dialect::Native, Dialect::Nano, Dialect::Pitaya] {
        let client = connect(Client::builder().dialect(dialect), PARENT).await.expect("a server");
        let trace: String = client.request("desk.sit", &7).await.expect("a reply");
        assert_eq!(trace, PARENT, "{dialect:?}");
    }
    let refused = connect(Client::builder(), &PARENT.to_uppercase()).await.expect_err("no trace");
    assert_eq!(refused.kind(), ErrorKind::Config);
    assert!(refused.to_string().contains(&PARENT.to_uppercase()), "{refused}");
}

/// A proxy's header goes before what a client says.
#[tokio::test]
async fn the_request_for_a_websocket_names_the_trace() {
    let (port, listener) = memory();
    let app = App::new().component(Desk).listen(WebSocket::over(listener));
    let _app = TestApp::start(app).await;
    let mut stream = port.connect(None);
    let request = format!(
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         traceparent: {PARENT}\r\n\r\n"
    );
    let other = PARENT.replace("4bf92f", "000000");
    let hello = format!(r#"{{"sys":{{"traceparent":"{other}"}}}}"#);
    let mut messages = Vec::new();
    for (kind, body) in [(1, hello.as_bytes()), (2, &b""[..]), (4, b"\0\x01\x08desk.sit7")] {
        messages.extend([0x82, 0x80 | (4 + body.len() as u8), 0, 0, 0, 0, kind, 0, 0]);
        messages.push(body.len() as u8);
        messages.extend(body);
    }
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    stream.write_all(&messages).await.expect("the server reads");
    let mut said = Vec::new();
    while !said.ends_with(format!("\"{PARENT}\"").as_bytes()) {
        said.push(stream.read_u8().await.unwrap_or_else(|_| panic!("{}", said.escape_ascii())));
    }
}

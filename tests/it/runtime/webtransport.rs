//! Sessions of WebTransport, opened by the client of `wtransport`.

mod browser;
mod certificates;
mod datagrams;
mod line;

use std::time::Duration;

use nano::client::Client;
use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Listen, PeerCertificate, ProxyProtocol, Resume, Session, Tls};
use nano::{WebTransport, component};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use wtransport::error::{ConnectingError, ConnectionError};

use crate::promises::support::{Log, in_time, sessions};
use browser::{Browser, native};
use line::Line;

struct Desk(Log);

#[component]
impl Desk {
    #[handler]
    fn echo(&self, text: String) -> String {
        text
    }

    #[handler]
    fn kick(&self, session: &Session) {
        session.kick("enough");
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        let certificate = session.get::<PeerCertificate>().is_some();
        self.0.add(format!("opened {} {certificate}", session.remote_addr().is_some()));
    }

    #[on(session_lost)]
    fn lost(&self) {
        self.0.add("lost");
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.0.add("closed");
    }
}

fn tls() -> Tls {
    Tls::self_signed(["localhost", "127.0.0.1"]).expect("a certificate")
}

async fn start(app: App, tls: &Tls) -> TestApp {
    TestApp::start(app.listen(WebTransport::bind("127.0.0.1:0").path("/nano").tls(tls))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_answered_on_the_stream_of_a_session() {
    let (tls, log) = (tls(), Log::default());
    let app = start(App::new().component(Desk(log.clone())).threads(2), &tls).await;
    let browser = Browser::new(&tls);
    let mut stream = browser.open(&app, "/nano?query").await;
    let client = Client::builder().over(stream.io()).await.expect("a server");
    let text = "x".repeat(50_000);
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let (client, text) = (client.clone(), text.clone());
            tokio::spawn(async move { client.request::<_, String>("desk.echo", &text).await })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.expect("no panic").expect("a reply"), text);
    }
    assert_eq!(log.entries(), ["opened true false"]);
    client.close().await;
    log.reached("closed").await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_session_has_a_kick_then_the_end_of_the_stream_then_a_code() {
    let tls = tls();
    let app = start(App::new().component(Desk(Log::default())), &tls).await;
    let browser = Browser::new(&tls);
    let mut stream = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(&[])).await;
    raw.notify("desk.kick", "").await;
    assert_eq!(raw.kick_reason().await, "enough");
    raw.expect_closed().await;
    // A client that reads on and does not go is ended after a second.
    let end = in_time("the end of the connection", stream.connection.closed()).await;
    let ConnectionError::ApplicationClosed(close) = end else { panic!("{end}") };
    assert_eq!((close.code().into_inner(), close.reason()), (1008, &b"enough"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_packets_of_a_session_arrive_over_a_line_that_loses_them_at_first() {
    let tls = tls();
    let app = start(App::new().component(Desk(Log::default())), &tls).await;
    let line = Line::to(app.server().addresses()[0]).await;
    let browser = Browser::new(&tls);
    let mut stream = browser.open_over(line.address, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(&[])).await;
    line.set_deaf(true);
    raw.notify("desk.kick", "").await;
    // Longer than the server waits for a client that has everything and does not go.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    line.set_deaf(false);
    assert_eq!(raw.kick_reason().await, "enough");
    raw.expect_closed().await;
    sessions(&app, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_tells_sessions_and_takes_no_more() {
    let tls = tls();
    let app = start(App::new().component(Desk(Log::default())), &tls).await;
    let browser = Browser::new(&tls);
    let mut stream = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(&[])).await;
    let told = async {
        assert_eq!(raw.kick_reason().await, "shutdown");
        raw.expect_closed().await;
    };
    tokio::join!(app.shutdown(), told);
    // The endpoint lives on as long as sessions do, and answers no others.
    let late = browser.connect(&app, "/nano", None);
    let late = tokio::time::timeout(Duration::from_millis(500), late).await;
    assert!(!matches!(late, Ok(Ok(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_other_origins_and_other_certificates_are_refused() {
    let tls = tls();
    let listener = WebTransport::bind("127.0.0.1:0").path("/nano").tls(&tls);
    let listener = listener.origins(["https://game.example"]);
    let app = TestApp::start(App::new().component(Desk(Log::default())).listen(listener)).await;
    let browser = Browser::new(&tls);
    for (path, origin, is_served) in [
        ("/nano", None, true),
        ("/nano", Some("https://game.example"), true),
        ("/nano", Some("https://evil.example"), false),
        ("/", None, false),
        ("/nano/", Some("https://game.example"), false),
    ] {
        let connected = in_time("an answer", browser.connect(&app, path, origin)).await;
        match connected {
            Ok(_) => assert!(is_served, "{path} {origin:?}"),
            Err(ConnectingError::SessionRejected) => assert!(!is_served, "{path} {origin:?}"),
            Err(error) => panic!("{path} {origin:?}: {error}"),
        }
    }
    let stranger = Browser::new(&super::webtransport::tls());
    let connected = in_time("an answer", stranger.connect(&app, "/nano", None)).await;
    assert!(matches!(connected, Err(ConnectingError::ConnectionError(_))));
    sessions(&app, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_count_at_the_door_and_have_its_deadline() {
    let (tls, log) = (tls(), Log::default());
    let app = App::new()
        .component(Desk(log.clone()))
        .max_sessions(1)
        .handshake_timeout(Duration::from_secs(4));
    let app = start(app, &tls).await;
    let browser = Browser::new(&tls);
    // It opens no stream, and has a place as long as it may.
    let silent = browser.connect(&app, "/nano", None).await.expect("a session");
    let mut full = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(full.io());
    let refusal = raw.handshake(json!({ "sys": { "type": "js-websocket" } })).await;
    assert_eq!(refusal["msg"], "the server is full");
    raw.expect_closed().await;
    in_time("the end of the silent session", silent.closed()).await;
    let mut stream = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(&[])).await;
    log.reached("opened true false").await;
    // The stream is open, and no handshake comes: the place is taken all the time.
    assert_eq!(app.server().sessions(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_let_in_although_addresses_have_to_be_proven() {
    let tls = tls();
    // So many handshakes take some time on a busy machine, and none of these opens a stream.
    let app = App::new().component(Desk(Log::default())).handshake_timeout(Duration::from_secs(60));
    let app = start(app, &tls).await;
    let (app, browser) = (std::sync::Arc::new(app), std::sync::Arc::new(Browser::new(&tls)));
    let crowd: Vec<_> = (0..100)
        .map(|_| {
            let (app, browser) = (app.clone(), browser.clone());
            tokio::spawn(async move { browser.connect(&app, "/nano", None).await })
        })
        .collect();
    for session in crowd {
        let connected = in_time("a session", session).await.expect("no panic");
        drop(connected.expect("a session"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_of_strangers_are_answered_with_less_than_they_are() {
    let tls = tls();
    let app = start(App::new().component(Desk(Log::default())), &tls).await;
    let [address] = app.server().addresses() else { panic!("one address") };
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let (mut sent, mut answered, mut number) = (0, 0, 1_u32);
    let mut answer = [0; 2000];
    for len in (0..1400).step_by(7).chain([1200; 100]) {
        // Long and short headers, known and unknown versions, and noise behind them.
        let mut datagram: Vec<u8> = Vec::with_capacity(len);
        while datagram.len() < len {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            datagram.push((number >> 24) as u8);
        }
        let version = [[0, 0, 0, 1], [0x1a, 0x2a, 0x3a, 0x4a], [0, 0, 0, 0]][len % 3];
        for (byte, head) in
            datagram.iter_mut().zip([0xc0 | (len % 64) as u8].into_iter().chain(version).chain([8]))
        {
            *byte = head;
        }
        sent += socket.send_to(&datagram, address).await.expect("a datagram");
        while let Ok(len) = socket.try_recv(&mut answer) {
            answered += len;
        }
    }
    // Whoever keeps to the protocol is served all the same.
    Browser::new(&tls).open(&app, "/nano").await;
    while let Ok(len) = socket.try_recv(&mut answer) {
        answered += len;
    }
    assert!(answered < sent, "{answered} bytes for {sent}");
    assert_eq!(app.server().sessions(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_is_for_new_sessions() {
    let tls = tls();
    let app = start(App::new().component(Desk(Log::default())), &tls).await;
    let (before, first) = (tls.certificate_hash(), Browser::new(&tls));
    let mut old = first.open(&app, "/nano").await;
    let mut raw = RawClient::new(old.io());
    raw.open_as(native(&[])).await;
    assert!(tls.reload().await.expect("another certificate"));
    assert_ne!(tls.certificate_hash(), before);
    let connected = first.connect(&app, "/nano", None).await;
    assert!(matches!(connected, Err(ConnectingError::ConnectionError(_))));
    Browser::new(&tls).open(&app, "/nano").await;
    raw.request(1, "desk.echo", r#""on""#).await;
    assert_eq!(raw.message().await.json(), "on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_closed_is_left_and_one_that_breaks_is_lost() {
    let (tls, log) = (tls(), Log::default());
    let app = App::new().component(Desk(log.clone())).resume(Resume::new());
    let app = start(app, &tls).await;
    let browser = Browser::new(&tls);
    let mut opened = 0;
    for (code, end) in [(0_u32, "closed"), (1000, "closed"), (1001, "closed"), (4000, "lost")] {
        let before = log.count(end);
        let mut stream = browser.open(&app, "/nano").await;
        let mut raw = RawClient::new(stream.io());
        raw.open_as(native(&["resume"])).await;
        opened += 1;
        // The end would overtake its ack.
        log.reached_times("opened true false", opened).await;
        stream.connection.close(code.into(), b"");
        log.reached_times(end, before + 1).await;
    }
    assert_eq!(log.count("closed"), 3);
    // The end of the stream is a loss, as over TCP.
    let mut stream = browser.open(&app, "/nano").await;
    let (mut send, receive) = stream.take();
    let hello = native(&["resume"]).to_string();
    send.write_all(&browser::packet(1, hello.as_bytes())).await.expect("it reads");
    send.write_all(&browser::packet(2, b"")).await.expect("it reads");
    send.shutdown().await.expect("it reads");
    log.reached_times("lost", 2).await;
    drop(receive);
}

#[tokio::test]
async fn what_cannot_work_is_told_at_the_start() {
    async fn check(listen: impl Listen, expected: &str) {
        let error = App::new().listen(listen).start().await.expect_err("a problem");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(expected), "{}", error.message());
    }
    let listener = || WebTransport::bind("127.0.0.1:0");
    check(listener(), "WebTransport on `127.0.0.1:0` has no certificate").await;
    check(listener().path("nano").tls(&tls()), "path `nano` does not start with a slash").await;
    check(listener().origins(["*"]).tls(&tls()), "the origin `*`").await;
    check(tls().over(listener().tls(&tls())), "TLS cannot come before").await;
    check(ProxyProtocol::over(listener().tls(&tls())), "PROXY protocol cannot come before").await;
    check(WebTransport::bind("nowhere").tls(&tls()), "cannot listen on UDP `nowhere`").await;
    let missing = Tls::pem("no-such.pem", "no-such.pem");
    check(listener().tls(&missing), "no-such.pem").await;
    let names: [&str; 0] = [];
    assert_eq!(Tls::self_signed(names).expect_err("no host").kind(), ErrorKind::Config);
    assert!(missing.certificate_hash().is_none());
    let hash = tls().certificate_hash().expect("it is made");
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
}

//! Listeners that are not this crate's.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Listen, Session, Tcp, WebSocket, component};
use tokio::io::copy_bidirectional;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::memory::{Port, memory, memory_at};
use crate::promises::support::{Log, Logged, in_time, sessions};

struct Desk {
    log: Log,
}

#[component]
impl Desk {
    #[on(init)]
    fn init(&self) {
        self.log.add("init");
    }

    #[handler]
    fn address(&self, session: &Session) -> Option<String> {
        session.remote_addr().map(|address| address.to_string())
    }
}

async fn start(port: &Port, listener: impl Listen) -> TestApp {
    TestApp::start(App::new().component(Desk { log: port.log.clone() }).listen(listener)).await
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

async fn seen_address(client: &Client) -> Option<String> {
    client.request("desk.address", &()).await.expect("a reply")
}

#[tokio::test]
async fn a_listener_of_ones_own_is_served_once_the_components_are_ready() {
    let (port, listener) = memory_at(Ok(Some(address("10.0.0.9:7"))));
    // It waits until the app accepts.
    let early = port.connect(Some(address("10.0.0.1:5")));
    let app = start(&port, listener).await;
    assert_eq!(app.server().addresses(), [address("10.0.0.9:7")]);
    let client = Client::builder().over(early).await.expect("a connection");
    assert_eq!(seen_address(&client).await.as_deref(), Some("10.0.0.1:5"));
    let other = Client::builder().over(port.connect(None)).await.expect("a connection");
    assert_eq!(seen_address(&other).await, None);
    assert_eq!(port.log.entries()[..3], ["bind", "init", "accept"]);
}

#[tokio::test]
async fn a_listener_without_an_address_adds_none() {
    let (port, listener) = memory();
    let tcp = Tcp::bind("127.0.0.1:0");
    let app = TestApp::start(App::new().listen(listener).listen(tcp)).await;
    assert_eq!(app.server().addresses().len(), 1);
    let mut client = RawClient::new(port.connect(None));
    assert_eq!(client.open().await["code"], 200);
}

/// Carries TCP connections to the port, for clients that speak WebSocket over TCP only.
async fn bridge(port: Port) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut near, peer)) = listener.accept().await {
            let mut far = port.connect(Some(peer));
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
    address
}

#[tokio::test]
async fn a_websocket_over_a_listener_of_ones_own() {
    let (port, listener) = memory();
    let log = port.log.clone();
    let app = start(&port, WebSocket::over(listener).path("/nano")).await;
    let address = bridge(port).await;
    let client = Client::connect(&format!("ws://{address}/nano")).await.expect("a connection");
    let peer = seen_address(&client).await.expect("an address");
    assert!(peer.starts_with("127.0.0.1:") && peer != address.to_string(), "{peer}");
    let refused = Client::connect(&format!("ws://{address}/other")).await;
    assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Io));
    in_time("the end", app.shutdown()).await;
    let kicked = CloseReason::Kicked { reason: "shutdown".into() };
    assert_eq!(in_time("the end of the client", client.closed()).await, kicked);
    assert_eq!(log.count("dropped"), 1);
}

#[tokio::test]
async fn a_listener_that_cannot_bind_stops_the_start() {
    let mut logs = Vec::new();
    let mut broken = |text: &'static str| {
        let (port, listener) = memory_at(Err(io::Error::other(text)));
        logs.push(port.log);
        listener
    };
    let (fine, listener) = memory();
    let error = App::new()
        .component(Desk { log: fine.log.clone() })
        .listen(listener)
        .listen(broken("no memory"))
        .listen(WebSocket::over(broken("no frames")).path("/nano"))
        .start()
        .await
        .expect_err("listeners that cannot bind");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "the app cannot start, for 2 reasons
  - cannot listen on `memory`: no memory
  - cannot listen on `memory`: no frames"
    );
    for log in logs.iter().chain([&fine.log]) {
        assert_eq!(log.entries(), ["bind", "dropped"], "nothing is accepted, nothing is left");
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_fails_is_tried_again() {
    for is_websocket in [false, true] {
        let logged = Logged::default();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let (port, listener) = memory();
        let app = match is_websocket {
            false => start(&port, listener).await,
            true => start(&port, WebSocket::over(listener)).await,
        };
        let started = Instant::now();
        // The failure of a connection that is gone again is nobody else's.
        port.fail(io::ErrorKind::ConnectionAborted.into());
        port.log.reached_times("accept", 2).await;
        assert_eq!((started.elapsed(), logged.of("ERROR")), (Duration::ZERO, vec![]));
        port.fail(io::Error::other("out of handles"));
        port.fail(io::Error::other("out of handles"));
        port.log.reached_times("accept", 4).await;
        assert!(started.elapsed() >= Duration::from_millis(30), "{:?}", started.elapsed());
        let [error] = &logged.of("ERROR")[..] else { panic!("{:?}", logged.of("ERROR")) };
        assert!(error.ends_with("error=out of handles"), "told once: {error}");
        let before = app.server().sessions();
        let _client = port.connect(None);
        port.log.reached_times("accept", 5).await;
        if !is_websocket {
            sessions(&app, before + 1).await;
        }
    }
}

#[tokio::test]
async fn a_shutdown_drops_the_listener_and_what_it_has_not_accepted() {
    let (port, listener) = memory();
    let app = start(&port, listener).await;
    let client = Client::builder().over(port.connect(None)).await.expect("a connection");
    in_time("the end", app.shutdown()).await;
    assert_eq!(port.log.count("dropped"), 1);
    let kicked = CloseReason::Kicked { reason: "shutdown".into() };
    assert_eq!(in_time("the end of the client", client.closed()).await, kicked);
    RawClient::new(port.connect(None)).expect_closed().await;
}

/// One that pauses after a failure is dropped as well.
#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_the_pause_after_a_failure() {
    let (port, listener) = memory();
    let app = start(&port, listener).await;
    for _ in 0..10 {
        port.fail(io::Error::other("out of handles"));
    }
    // It pauses for a second now.
    port.log.reached_times("accept", 9).await;
    let started = Instant::now();
    app.shutdown().await;
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    assert_eq!(port.log.count("dropped"), 1);
}

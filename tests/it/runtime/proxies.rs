//! Clients behind proxies: their addresses, and proxies that are not expected.

use std::net::SocketAddr;
use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Listen, ProxyProtocol, Session, WebSocket, component};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use super::memory::{Port, memory};
use crate::promises::support::{Log, Logged};

const PROXY: &str = "10.0.0.1:9";
const V1: &[u8] = b"PROXY TCP4 203.0.113.7 10.0.0.2 4711 3250\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\x0a\0\0\x02\x12\x67\x0c\xb2";
const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Notes the address of each session.
struct Desk(Log);

#[component]
impl Desk {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        let address = session.remote_addr();
        self.0.add(address.map_or("none".into(), |address| address.to_string()));
    }
}

struct Scene {
    app: TestApp,
    port: Port,
    addresses: Log,
}

impl Scene {
    async fn of<L: Listen>(app: App, listen: impl FnOnce(super::memory::Memory) -> L) -> Self {
        let ((port, listener), addresses) = (memory(), Log::default());
        let app = app.component(Desk(addresses.clone())).listen(listen(listener));
        Self { app: TestApp::start(app).await, port, addresses }
    }

    fn connect(&self) -> DuplexStream {
        self.port.connect(Some(address(PROXY)))
    }

    /// Opens a session behind some bytes, and returns its address.
    async fn address_behind(&self, bytes: &[u8]) -> String {
        let mut client = RawClient::new(self.connect());
        client.send(bytes).await;
        assert_eq!(client.open().await["code"], 200, "{}", bytes.escape_ascii());
        self.noted().await
    }

    /// Opens a session by an upgrade with more fields, behind some bytes, and returns its address.
    async fn address_of_upgrade(&self, bytes: &[u8], fields: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).await.expect("the server reads");
        let request = format!("{UPGRADE}{fields}\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        // A handshake and its ack in one frame. A mask of zeros changes nothing.
        let frame = b"\x82\x88\0\0\0\0\x01\0\0\0\x02\0\0\0";
        stream.write_all(frame).await.expect("the server reads");
        self.noted().await
    }

    async fn noted(&self) -> String {
        let before = self.addresses.entries().len();
        while self.addresses.entries().len() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.addresses.entries().pop().expect("an address")
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

async fn rest(mut stream: DuplexStream) -> String {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("an orderly end");
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test(start_paused = true)]
async fn case_o03_address_by_the_proxy_protocol() {
    let scene = Scene::of(App::new(), ProxyProtocol::over).await;
    assert_eq!(scene.address_behind(V1).await, "203.0.113.7:4711");
    assert_eq!(scene.address_behind(V2).await, "203.0.113.7:4711");
    assert_eq!(scene.address_behind(LOCAL).await, PROXY);
    assert_eq!(scene.address_behind(b"PROXY UNKNOWN\r\n").await, PROXY);

    let scene = Scene::of(App::new(), |memory| ProxyProtocol::over(WebSocket::over(memory))).await;
    assert_eq!(scene.address_of_upgrade(V1, "").await, "203.0.113.7:4711");
    assert_eq!(
        scene.address_of_upgrade(V2, "X-Forwarded-For: 6.6.6.6\r\n").await,
        "203.0.113.7:4711"
    );
}

#[tokio::test(start_paused = true)]
async fn case_o03_address_by_a_header() {
    let trusting = |memory| WebSocket::over(memory).trust_forwarded_for(1);
    let scene = Scene::of(App::new(), trusting).await;
    for (fields, expected) in [
        ("X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7:0"),
        ("x-forwarded-for: 6.6.6.6, 2001:db8::7\r\n", "[2001:db8::7]:0"),
        ("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.7:80\r\n", "203.0.113.7:80"),
        ("X-Forwarded-For: unknown\r\n", PROXY),
        ("Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n", PROXY),
        ("", PROXY),
    ] {
        assert_eq!(scene.address_of_upgrade(b"", fields).await, expected, "{fields}");
    }
    let trusting = |memory| ProxyProtocol::over(WebSocket::over(memory).trust_forwarded_for(2));
    let scene = Scene::of(App::new(), trusting).await;
    let fields = "X-Forwarded-For: 6.6.6.6, 203.0.113.8, 203.0.113.7\r\n";
    assert_eq!(scene.address_of_upgrade(V1, fields).await, "203.0.113.8:0");
}

#[tokio::test(start_paused = true)]
async fn case_o03_address_cannot_be_forged_without_trust() {
    let scene = Scene::of(App::new(), WebSocket::over).await;
    let fields = "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n";
    assert_eq!(scene.address_of_upgrade(b"", fields).await, PROXY);
}

/// The proxy's own address has no limit, and those of its clients have.
#[tokio::test(start_paused = true)]
async fn case_o03_address_counts_for_the_limits() {
    let limited = || App::new().max_handshakes_per_address(1);
    let scene = Scene::of(limited(), ProxyProtocol::over).await;
    let other = b"PROXY TCP4 203.0.113.8 10.0.0.2 4711 3250\r\n";
    let mut first = RawClient::new(scene.connect());
    first.send(V1).await;
    let mut neighbour = RawClient::new(scene.connect());
    neighbour.send(other).await;
    let mut second = RawClient::new(scene.connect());
    second.send(V2).await;
    assert_eq!(second.open().await["code"], 500);
    assert_eq!(neighbour.open().await["code"], 200);
    assert_eq!(first.open().await["code"], 200);
    assert_eq!(scene.address_behind(V1).await, "203.0.113.7:4711");
}

/// The sessions of one client behind a proxy are bounded, and those of its neighbour are not.
#[tokio::test(start_paused = true)]
async fn sessions_of_one_address_are_bounded_behind_a_proxy() {
    let scene = Scene::of(App::new().max_sessions_per_address(2), ProxyProtocol::over).await;
    let connect = async |header: &[u8]| {
        let mut client = RawClient::new(scene.connect());
        client.send(header).await;
        (client.open().await["code"].as_u64(), client)
    };
    let ((first, one), (second, _two)) = (connect(V1).await, connect(V2).await);
    assert_eq!((first, second), (Some(200), Some(200)));
    assert_eq!(connect(V1).await.0, Some(500));
    let other = b"PROXY TCP4 203.0.113.8 10.0.0.2 4711 3250\r\n";
    assert_eq!(connect(other).await.0, Some(200));
    drop(one);
    crate::promises::support::sessions(&scene.app, 1).await;
    assert_eq!(connect(V1).await.0, Some(200));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_expects_the_proxy_protocol_serves_nobody_without_it() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let scene =
        Scene::of(App::new().handshake_timeout(Duration::from_secs(4)), ProxyProtocol::over);
    let scene = scene.await;
    let started = Instant::now();
    for _ in 0..100 {
        let mut stream = scene.connect();
        stream.write_all(b"\x01\0\0\0\x02\0\0\0").await.expect("the server reads");
        assert_eq!(rest(stream).await, "");
    }
    // A health check of connections that says nothing, and one who says too little.
    drop(scene.connect());
    assert_eq!(started.elapsed(), Duration::ZERO);
    let mut slow = scene.connect();
    slow.write_all(&V2[..20]).await.expect("the server reads");
    assert_eq!(rest(slow).await, "");
    assert_eq!(started.elapsed().as_secs(), 4, "the deadline is the handshake's");
    let [line, left_out] = &logged.of("WARN")[..] else { panic!("{:?}", logged.of("WARN")) };
    assert!(left_out.ends_with("left_out=99"), "{left_out}");
    assert!(line.contains("it does not begin with the PROXY protocol"), "{line}");
    assert_eq!(scene.app.server().sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_proxy_protocol_is_recognised_where_it_is_not_expected() {
    for (bytes, name) in
        [(V1, "PROXY protocol"), (V2, "PROXY protocol"), (b"\x16\x03\x01\0", "TLS")]
    {
        for is_websocket in [false, true] {
            let logged = Logged::default();
            let _guard = tracing::subscriber::set_default(logged.clone());
            let scene = match is_websocket {
                false => Scene::of(App::new(), |memory| memory).await,
                true => Scene::of(App::new(), WebSocket::over).await,
            };
            for _ in 0..100 {
                let mut stream = scene.connect();
                stream.write_all(bytes).await.expect("the server reads");
                let answer = rest(stream).await;
                assert!(answer.contains(name), "{answer}");
            }
            let lines = logged.of("WARN");
            match name {
                "TLS" => assert!(lines.is_empty(), "the noise of the internet: {lines:?}"),
                _ => assert!(matches!(&lines[..], [line] if line.contains(name)), "{lines:?}"),
            }
        }
    }
}

//! Limits at the door: who is refused, and when there is room again.

use std::net::SocketAddr;
use std::time::Duration;

use nano::client::Client;
use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, WebSocket};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use super::memory::{Port, memory};
use crate::promises::support::Logged;

const SECOND: Duration = Duration::from_secs(1);

/// The text for a stock client that finds no room.
const FULL: &str = "the server is full";

/// The request that opens a WebSocket.
const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Waits for the server to close, and gives what it said before.
async fn rest(stream: &mut DuplexStream) -> Vec<u8> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("an orderly end");
    rest
}

/// Sends a handshake in a frame, and returns the code of the answer.
async fn handshake(stream: &mut DuplexStream) -> u64 {
    // A mask of zeros changes nothing.
    let frame = b"\x82\x84\0\0\0\0\x01\0\0\0";
    stream.write_all(frame).await.expect("the server reads");
    let (_opcode, len) = (stream.read_u8().await, stream.read_u8().await.expect("a frame"));
    let len = if len == 126 { stream.read_u16().await.expect("a frame") } else { len.into() };
    let mut packet = vec![0; len.into()];
    stream.read_exact(&mut packet).await.expect("a whole frame");
    let reply: Value = serde_json::from_slice(&packet[4..]).expect("a reply");
    reply["code"].as_u64().expect("a code")
}

/// Checks that a WebSocket is told at once that there is no room for it.
async fn check_refused(port: &Port) {
    let since = Instant::now();
    let mut stream = upgraded(port).await;
    assert_eq!(handshake(&mut stream).await, 500);
    stream.write_all(b"\x88\x80\0\0\0\0").await.expect("the server reads");
    // A close with the code 1001 and the reason.
    assert_eq!(rest(&mut stream).await, b"\x88\x06\x03\xe9full");
    assert!(since.elapsed() < SECOND, "no deadline is waited for, but {:?}", since.elapsed());
}

/// Checks that a stream of packets is told at once that there is no room for it.
async fn check_turned_away(mut client: RawClient) {
    let since = Instant::now();
    assert_eq!(client.handshake(json!({})).await, json!({"code": 500, "msg": FULL}));
    client.expect_closed().await;
    assert!(since.elapsed() < SECOND, "no deadline is waited for, but {:?}", since.elapsed());
}

/// Upgrades a connection, whether there is room for it or not.
async fn upgraded(port: &Port) -> DuplexStream {
    let mut stream = port.connect(None);
    stream.write_all(UPGRADE.as_bytes()).await.expect("the server reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the server answers"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", head.escape_ascii());
    stream
}

/// Lets the app's tasks run until they wait.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// An app with a WebSocket, and room for two who are not ready.
async fn app() -> (TestApp, Port) {
    let (port, listener) = memory();
    let app = App::new().max_handshakes(2).handshake_timeout(4 * SECOND);
    (TestApp::start(app.listen(WebSocket::over(listener))).await, port)
}

#[tokio::test(start_paused = true)]
async fn upgrades_count_as_handshakes_until_their_deadline() {
    let (_app, port) = app().await;
    let started = Instant::now();
    let mut silent = port.connect(None);
    let mut slow = port.connect(None);
    slow.write_all(&UPGRADE.as_bytes()[..20]).await.expect("the server reads");
    settle().await;
    check_refused(&port).await;
    assert_eq!((rest(&mut silent).await, rest(&mut slow).await), (vec![], vec![]));
    assert_eq!(started.elapsed().as_secs(), 4, "the deadline is the handshake's");
    let _one = upgraded(&port).await;
    let _other = upgraded(&port).await;
    // Their handshakes are not complete either.
    check_refused(&port).await;
    tokio::time::sleep(5 * SECOND).await;
    assert_eq!(handshake(&mut upgraded(&port).await).await, 200);
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_is_counted_no_more_when_its_peer_goes() {
    let (app, port) = app().await;
    for how_far in [0, 20] {
        let started = Instant::now();
        let one = port.connect(None);
        let mut other = port.connect(None);
        other.write_all(&UPGRADE.as_bytes()[..how_far]).await.expect("the server reads");
        settle().await;
        check_refused(&port).await;
        drop(other);
        settle().await;
        let mut other = upgraded(&port).await;
        assert_eq!(handshake(&mut other).await, 200);
        check_refused(&port).await;
        drop((one, other));
        settle().await;
        assert!(started.elapsed() < SECOND, "no deadline passed");
    }
    // A request that is refused is over as well.
    for _ in 0..3 {
        let mut stream = port.connect(None);
        stream.write_all(b"GET /other HTTP/1.1\r\n\r\n").await.expect("the server reads");
        assert!(rest(&mut stream).await.starts_with(b"HTTP/1.1 404 "));
    }
    let _last = upgraded(&port).await;
    settle().await;
    assert_eq!(app.server().sessions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_complete_handshake_makes_room_for_the_next() {
    let app = TestApp::start(App::new().max_handshakes(1)).await;
    let mut opened = Vec::new();
    for _ in 0..3 {
        let mut client = app.raw();
        check_turned_away(app.raw()).await;
        client.open().await;
        settle().await;
        opened.push(client);
    }
    assert_eq!(app.server().sessions(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_handshakes_of_one_address_leave_room_for_others() {
    let (port, listener) = memory();
    let app = App::new().max_handshakes_per_address(2).handshake_timeout(4 * SECOND);
    let app = TestApp::start(app.listen(listener)).await;
    let from = |peer: &str| {
        let peer: SocketAddr = peer.parse().expect("an address");
        RawClient::new(port.connect(Some(peer)))
    };
    let mut one = from("10.0.0.1:1");
    let mut other = from("10.0.0.1:2");
    check_turned_away(from("10.0.0.1:3")).await;
    from("10.0.0.2:3").open().await;
    RawClient::new(port.connect(None)).open().await;
    // A session that is open is no handshake.
    one.open().await;
    settle().await;
    let third = from("10.0.0.1:4");
    check_turned_away(from("10.0.0.1:5")).await;
    // Neither is one that has gone, or was cut off.
    drop(third);
    settle().await;
    let _fourth = from("10.0.0.1:6");
    check_turned_away(from("10.0.0.1:7")).await;
    other.expect_closed().await;
    // The server has said all, but the socket is there until the client closes its side, too.
    check_turned_away(from("10.0.0.1:8")).await;
    drop(other);
    settle().await;
    from("10.0.0.1:9").open().await;
    assert!(app.server().sessions() >= 2);
}

/// In other frameworks, and here once, they saw a reset.
#[tokio::test(start_paused = true)]
async fn case_s02_full_clients_are_told_so_in_their_dialect() {
    let (port, listener) = memory();
    let app = App::new().max_sessions(1).listen(WebSocket::over(listener));
    let app = TestApp::start(app).await;
    let mut player = app.raw();
    player.open().await;
    settle().await;

    check_turned_away(app.raw()).await;
    let mut pitaya = app.raw();
    let announced = json!({"sys": {"libVersion": "0.3.5", "platform": "mac"}});
    assert_eq!(pitaya.handshake(announced).await, json!({"code": 400, "msg": FULL}));
    pitaya.expect_closed().await;
    let mut native = app.raw();
    native.send_packet(PacketKind::Handshake, r#"{"sys":{"features":[]}}"#).await;
    assert_eq!(native.kick_reason().await, "full");
    native.expect_closed().await;
    let error = Client::builder().over(app.pipe()).await.expect_err("there is no room");
    assert_eq!(error.to_string(), "kicked by the server: full");
    check_refused(&port).await;
    let mut native = upgraded(&port).await;
    let hello = b"\x82\x9e\0\0\0\0\x01\0\0\x1a{\"sys\":{\"features\":[\"x\"]}}";
    native.write_all(hello).await.expect("the server reads");
    let kick =
        b"\x82\x28\x05\0\0\x24{\"reason\":\"full\",\"reconnectIn\":5000}\x88\x06\x03\xf5full";
    let mut told = vec![0; kick.len()];
    native.read_exact(&mut told).await.expect("a kick and a close");
    assert_eq!(told.escape_ascii().to_string(), kick.escape_ascii().to_string());

    drop(player);
    settle().await;
    app.raw().open().await;
}

#[tokio::test(start_paused = true)]
async fn case_s02_full_clients_who_say_nothing_go_soon() {
    let app = TestApp::start(App::new().max_sessions(1)).await;
    let _player = app.raw();
    let mut silent = app.raw();
    let started = Instant::now();
    silent.expect_closed().await;
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn case_s02_full_many_clients_cost_few_places_and_one_line() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = TestApp::start(App::new().max_sessions(1)).await;
    let player = app.raw();
    let waiting: Vec<_> = (0..256).map(|_| app.raw()).collect();
    // Beyond these nobody is told.
    for _ in 0..1000 {
        app.raw().expect_closed().await;
    }
    assert_eq!(logged.of("WARN").len(), 1, "{:?}", logged.of("WARN"));
    drop((player, waiting));
    settle().await;
    app.raw().open().await;
    assert_eq!(app.server().sessions(), 1);
}

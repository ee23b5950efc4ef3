//! Limits at the door: who is refused, and when there is room again.

use std::net::SocketAddr;
use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use super::memory::{Port, memory};

const SECOND: Duration = Duration::from_secs(1);

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

/// Checks that the server closes at once.
async fn check_refused(mut stream: DuplexStream) {
    let since = Instant::now();
    assert_eq!(rest(&mut stream).await, b"");
    assert!(since.elapsed() < SECOND, "no deadline is waited for, but {:?}", since.elapsed());
}

/// Upgrades a connection; the server answers the handshake of none yet.
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
    check_refused(port.connect(None)).await;
    assert_eq!((rest(&mut silent).await, rest(&mut slow).await), (vec![], vec![]));
    assert_eq!(started.elapsed().as_secs(), 4, "the deadline is the handshake's");
    let _one = upgraded(&port).await;
    let _other = upgraded(&port).await;
    // Their handshakes are not complete either.
    check_refused(port.connect(None)).await;
    tokio::time::sleep(5 * SECOND).await;
    upgraded(&port).await;
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
        check_refused(port.connect(None)).await;
        drop(other);
        settle().await;
        let other = upgraded(&port).await;
        check_refused(port.connect(None)).await;
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
        app.raw().expect_closed().await;
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
    from("10.0.0.1:3").expect_closed().await;
    from("10.0.0.2:3").open().await;
    RawClient::new(port.connect(None)).open().await;
    // A session that is open is no handshake.
    one.open().await;
    settle().await;
    let third = from("10.0.0.1:4");
    from("10.0.0.1:5").expect_closed().await;
    // Neither is one that has gone, or was cut off.
    drop(third);
    settle().await;
    let _fourth = from("10.0.0.1:6");
    from("10.0.0.1:7").expect_closed().await;
    other.expect_closed().await;
    // The server has said all, but the socket is there until the client closes its side, too.
    from("10.0.0.1:8").expect_closed().await;
    drop(other);
    settle().await;
    from("10.0.0.1:9").open().await;
    assert!(app.server().sessions() >= 2);
}

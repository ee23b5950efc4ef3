//! The doors of an app with threads of its own: entrances, limits and the end.

use std::error::Error as _;
use std::time::Duration;

use axum::Router;
use nano::client::Client;
use nano::{App, ProxyProtocol, Result, Server, Tcp, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::{Desk, THREADS};
use crate::promises::support::in_time;

/// The doors of the app, by the index of their address.
const TCP: usize = 0;
const WS: usize = 1;
const PROXIED: usize = 2;

/// The header of a proxy.
const HEADER: &[u8] = b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 3250\r\n";

async fn start(app: App) -> Server {
    let app = app.threads(THREADS).component(Desk::default());
    let app = app.listen(Tcp::bind("127.0.0.1:0")).listen(WebSocket::bind("127.0.0.1:0"));
    let app = app.listen(ProxyProtocol::over(Tcp::bind("127.0.0.1:0")));
    app.start().await.expect("the app starts")
}

/// Sends the first bytes to a door.
async fn begin(server: &Server, door: usize, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.addresses()[door]).await.expect("a connection");
    stream.write_all(bytes).await.expect("a server that reads");
    stream
}

/// Comes to a door and does not go on, after half of what precedes the packets.
async fn wait_at(server: &Server, door: usize) -> TcpStream {
    let half = [b"".as_slice(), b"GET / HTTP/1.1\r\nHost: test\r\n", &HEADER[..9]];
    begin(server, door, half[door]).await
}

async fn connect(server: &Server, door: usize) -> Result<Client> {
    match door {
        WS => Client::connect(&format!("ws://{}", server.addresses()[WS])).await,
        TCP => Client::builder().over(begin(server, TCP, b"").await).await,
        _ => Client::builder().over(begin(server, PROXIED, HEADER).await).await,
    }
}

async fn check_full(server: &Server, door: usize) {
    let error = connect(server, door).await.expect_err("there is no room");
    assert_eq!(error.to_string(), "kicked by the server: full", "door {door}");
}

/// Connects as soon as there is room.
async fn admitted(server: &Server, door: usize) -> Client {
    in_time("room", async {
        loop {
            match connect(server, door).await {
                Ok(client) => return client,
                Err(_) => sleep(Duration::from_millis(5)).await,
            }
        }
    })
    .await
}

/// Serves the WebSocket of the app in a router, and returns its URL.
async fn serve_router(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("ws://{}/", listener.local_addr().expect("an address"));
    let site = Router::new().route("/", server.axum_route());
    tokio::spawn(async move { axum::serve(listener, site).await });
    url
}

#[tokio::test]
async fn every_entrance_leads_to_a_thread() {
    let server = start(App::new()).await;
    let url = serve_router(&server).await;
    let (near, far) = duplex(1024);
    server.serve(far);
    let clients = [
        connect(&server, TCP).await,
        connect(&server, WS).await,
        connect(&server, PROXIED).await,
        Client::builder().over(near).await,
        Client::connect(&url).await,
    ];
    for (number, client) in clients.iter().enumerate() {
        let client = client.as_ref().expect("a connection");
        let place: String = client.request("desk.place", &()).await.expect("a reply");
        assert!(place.starts_with("nano-"), "client {number} is served on {place}");
    }
    assert_eq!(server.sessions(), clients.len());
    in_time("the end", server.shutdown()).await;
    let refused = Client::connect(&url).await.expect_err("the app has ended");
    let cause = refused.source().map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("503"), "{refused}: {cause}");
}

#[tokio::test]
async fn promise_4_limits_count_the_connections_of_all_threads() {
    let server = start(App::new().max_sessions(3)).await;
    let mut clients = Vec::new();
    for door in [TCP, WS, PROXIED] {
        clients.push(connect(&server, door).await.expect("a connection"));
    }
    for door in [TCP, WS, PROXIED] {
        check_full(&server, door).await;
    }
    clients.pop();
    clients.push(admitted(&server, TCP).await);
    check_full(&server, WS).await;

    let server = start(App::new().max_handshakes(2)).await;
    let waiting = [wait_at(&server, WS).await, wait_at(&server, WS).await];
    check_full(&server, WS).await;
    drop(waiting);
    for door in [WS, TCP, PROXIED] {
        clients.push(admitted(&server, door).await);
    }
}

#[tokio::test]
async fn promise_6_the_end_waits_for_no_upgrade_and_for_nobody_without_room() {
    let app = App::new().max_sessions(6).handshake_timeout(Duration::from_secs(60));
    let server = start(app).await;
    let (mut waiting, mut clients) = (Vec::new(), Vec::new());
    // Each door accepts in order: when the client is in, the one who waits has a place as well.
    for door in [TCP, WS, PROXIED] {
        waiting.push(wait_at(&server, door).await);
        clients.push(connect(&server, door).await.expect("a connection"));
    }
    for door in [TCP, WS, PROXIED] {
        waiting.push(wait_at(&server, door).await);
        check_full(&server, door).await;
    }
    in_time("the end", server.shutdown()).await;
    assert_eq!(server.sessions(), 0);
    for client in clients {
        in_time("the close", client.closed()).await;
    }
    for mut stream in waiting {
        // An end in good order, or a reset.
        let _ = in_time("the end of a stream", stream.read_to_end(&mut Vec::new())).await;
    }
}

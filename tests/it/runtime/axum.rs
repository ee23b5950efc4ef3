//! The page and the WebSocket on one port.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{MethodRouter, get};
use nano::client::{Client, CloseReason};
use nano::{App, Server, Session, Upgrade, component};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::promises::support::in_time;

struct Site;

#[component]
impl Site {
    #[handler]
    fn address(&self, session: &Session) -> Option<String> {
        session.remote_addr().map(|address| address.to_string())
    }

    #[handler]
    fn say(&self, text: String) -> String {
        text
    }
}

/// Serves a page and the WebSocket, with or without the peers' addresses.
async fn serve(addresses: bool) -> (Server, SocketAddr, JoinHandle<()>) {
    serve_app(App::new(), addresses).await
}

async fn serve_app(app: App, addresses: bool) -> (Server, SocketAddr, JoinHandle<()>) {
    let server = app.component(Site).start().await.expect("an app that starts");
    let route = server.axum_route();
    serve_route(server, route, addresses).await
}

async fn serve_route(
    server: Server,
    route: MethodRouter,
    addresses: bool,
) -> (Server, SocketAddr, JoinHandle<()>) {
    let site = Router::new().route("/", get(|| async { "the page" })).route("/nano", route);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let app = server.clone();
    let http = tokio::spawn(async move {
        let http = async {
            if addresses {
                let site = site.into_make_service_with_connect_info::<SocketAddr>();
                axum::serve(listener, site).await
            } else {
                axum::serve(listener, site).await
            }
        };
        tokio::select! {
            () = app.stopped() => {}
            served = http => served.expect("a listener that goes on"),
        }
    });
    (server, address, http)
}

async fn get_page(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a server that reads");
    let mut page = String::new();
    in_time("the page", stream.read_to_string(&mut page)).await.expect("text");
    page
}

#[tokio::test]
async fn a_page_is_served_the_client_of_this_version() {
    let (listener, site) = (TcpListener::bind("127.0.0.1:0").await, nano::axum_client());
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let http =
        tokio::spawn(async move { axum::serve(listener, Router::new().nest("/lib", site)).await });
    for (path, text) in nano_js::FILES {
        let answer = get_page(address, &format!("/lib/{path}")).await;
        let is_script = path.ends_with(".js");
        assert_eq!(answer.starts_with("HTTP/1.1 200 OK"), is_script, "{path}");
        assert_eq!(
            answer.contains("text/javascript") && answer.ends_with(text),
            is_script,
            "{path}"
        );
    }
    http.abort();
}

#[tokio::test]
async fn the_page_and_the_socket_share_a_port_and_end_together() {
    let (server, address, http) = serve(true).await;
    let page = get_page(address, "/").await;
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.ends_with("the page"), "{page}");
    let client = Client::connect(&format!("ws://{address}/nano")).await.expect("a connection");
    let said: String = client.request("site.say", &"hello").await.expect("a reply");
    assert_eq!(said, "hello");
    let peer: Option<String> = client.request("site.address", &()).await.expect("a reply");
    let peer: SocketAddr = peer.expect("an address").parse().expect("an address");
    assert!(peer.ip().is_loopback() && peer != address, "{peer} is the client's");
    // A browser that opens the socket's address gets a readable answer.
    let refused = get_page(address, "/nano").await;
    assert!(refused.starts_with("HTTP/1.1 426"), "{refused}");
    assert!(refused.to_ascii_lowercase().contains("upgrade: websocket"), "{refused}");
    // A request that is never finished keeps nothing.
    let mut unfinished = TcpStream::connect(address).await.expect("a connection");
    unfinished.write_all(b"GET / HTTP/1.1\r\n").await.expect("a server that reads");
    in_time("the end", server.shutdown()).await;
    in_time("the end of axum", http).await.expect("a task that ends well");
    let kicked = CloseReason::Kicked { reason: "shutdown".into() };
    assert_eq!(in_time("the end of the client", client.closed()).await, kicked);
    assert!(TcpListener::bind(address).await.is_ok(), "the port is free again");
}

#[tokio::test]
async fn the_address_is_unknown_where_axum_does_not_tell_it() {
    let (server, address, http) = serve(false).await;
    let client = Client::connect(&format!("ws://{address}/nano")).await.expect("a connection");
    let peer: Option<String> = client.request("site.address", &()).await.expect("a reply");
    assert_eq!(peer, None);
    drop(client);
    in_time("the end", server.shutdown()).await;
    in_time("the end of axum", http).await.expect("a task that ends well");
}

/// A peer that asks for the WebSocket and says nothing more, and the head of the answer.
async fn ask(address: SocketAddr) -> (TcpStream, String) {
    ask_with(address, "").await
}

async fn ask_with(address: SocketAddr, fields: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "GET /nano HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("a server that reads");
    let head = in_time("an answer", async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a whole head"));
        }
        String::from_utf8(head).expect("a head in ascii")
    });
    let head = head.await;
    (stream, head)
}

async fn upgraded(address: SocketAddr) -> TcpStream {
    let (stream, head) = ask(address).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream
}

async fn check_refused(address: SocketAddr, reason: &str) {
    let (mut stream, head) = ask(address).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert!(head.to_ascii_lowercase().contains("\r\nretry-after: 5\r\n"), "{head}");
    let mut body = vec![0; reason.len()];
    in_time("the reason", stream.read_exact(&mut body)).await.expect("a reason");
    assert_eq!(String::from_utf8_lossy(&body), reason);
}

/// Upgrades and sends a handshake, and returns the code of the answer.
async fn handshake(address: SocketAddr) -> (TcpStream, u64) {
    let mut stream = upgraded(address).await;
    // A mask of zeros changes nothing.
    let frame = b"\x82\x84\0\0\0\0\x01\0\0\0";
    stream.write_all(frame).await.expect("a server that reads");
    let reply = in_time("a reply", async {
        let (_opcode, len) = (stream.read_u8().await, stream.read_u8().await.expect("a frame"));
        let len = if len == 126 { stream.read_u16().await.expect("a frame") } else { len.into() };
        let mut packet = vec![0; len.into()];
        stream.read_exact(&mut packet).await.expect("a whole frame");
        serde_json::from_slice::<Value>(&packet[4..]).expect("a reply")
    });
    let code = reply.await["code"].as_u64().expect("a code");
    (stream, code)
}

async fn check_turned_away(address: SocketAddr) {
    assert_eq!(handshake(address).await.1, 500);
}

/// Asks until there is room.
async fn admitted(address: SocketAddr) -> TcpStream {
    in_time("room for an upgrade", async {
        loop {
            let (stream, code) = handshake(address).await;
            if code == 200 {
                return stream;
            }
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

#[tokio::test]
async fn an_upgrade_counts_as_a_handshake_until_it_is_complete_or_gone() {
    let (_server, address, _http) = serve_app(App::new().max_handshakes(1), true).await;
    let silent = upgraded(address).await;
    check_turned_away(address).await;
    // The page is axum's, and has room.
    assert!(get_page(address, "/").await.starts_with("HTTP/1.1 200 OK"));
    drop(silent);
    drop(admitted(address).await);
    let url = format!("ws://{address}/nano");
    let mut clients = Vec::new();
    while clients.len() < 2 {
        // The peer before may not be noticed as gone yet.
        if let Ok(client) = Client::connect(&url).await {
            let said: String = client.request("site.say", &"hello").await.expect("a reply");
            assert_eq!(said, "hello");
            clients.push(client);
        }
    }
    let _silent = upgraded(address).await;
    check_turned_away(address).await;
}

#[tokio::test]
async fn an_upgrade_counts_as_a_handshake_until_the_deadline() {
    let app = App::new().max_handshakes(1).handshake_timeout(Duration::from_secs(1));
    let (_server, address, _http) = serve_app(app, true).await;
    let mut silent = upgraded(address).await;
    let _next = admitted(address).await;
    // It is the deadline that made room: the end of the WebSocket says so.
    let mut end = Vec::new();
    in_time("the end", silent.read_to_end(&mut end)).await.expect("an orderly end");
    assert_eq!(end, b"\x88\x13\x03\xe9handshake_timeout");
}

#[tokio::test]
async fn the_upgrades_of_one_address_are_counted_where_axum_tells_it() {
    let limited = || App::new().max_handshakes_per_address(1);
    let (_server, address, _http) = serve_app(limited(), true).await;
    let _silent = upgraded(address).await;
    check_turned_away(address).await;
    let (_server, address, _http) = serve_app(limited(), false).await;
    let _one = upgraded(address).await;
    let _other = upgraded(address).await;
}

/// A router that outlives the app.
#[tokio::test]
async fn an_upgrade_after_the_shutdown_is_refused() {
    let server = App::new().start().await.expect("an app that starts");
    let site = Router::new().route("/nano", server.axum_route());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, site).await });
    let mut silent = upgraded(address).await;
    in_time("the end", server.shutdown()).await;
    let mut kick = Vec::new();
    in_time("the end of the peer", silent.read_to_end(&mut kick)).await.expect("an orderly end");
    assert!(String::from_utf8_lossy(&kick).contains("shutdown"), "{}", kick.escape_ascii());
    check_refused(address, "the server is shutting down").await;
}

#[tokio::test]
async fn case_o03_address_behind_a_proxy_that_axum_serves() {
    let server = App::new().component(Site).start().await.expect("an app that starts");
    let route = server.axum_route_with(Upgrade::new().trust_forwarded_for(1));
    let (_server, trusting, _http) = serve_route(server, route, true).await;
    let (_other, strict, _http) = serve(true).await;
    for (address, expected) in [(trusting, "203.0.113.7:0"), (strict, "127.0.0.1:")] {
        let (mut stream, head) =
            ask_with(address, "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // A handshake, its ack and a request in one frame. A mask of zeros changes nothing.
        let packets = b"\x01\0\0\0\x02\0\0\0\x04\0\0\x11\0\x01\x0csite.addressnull";
        let frame = [&[0x82, 0x80 | packets.len() as u8, 0, 0, 0, 0], &packets[..]].concat();
        stream.write_all(&frame).await.expect("a server that reads");
        let mut said = Vec::new();
        in_time("the address", async {
            while !String::from_utf8_lossy(&said).contains(expected) {
                assert_ne!(stream.read_buf(&mut said).await.expect("bytes"), 0, "{said:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn case_s05_upgrade_that_axum_serves() {
    let server = App::new().component(Site).start().await.expect("an app that starts");
    let route = server
        .axum_route_with(Upgrade::new().subprotocols(["nano"]).origins(["https://game.example"]));
    let (_server, address, _http) = serve_route(server, route, true).await;
    let cookie = format!("Cookie: {}\r\n", "c".repeat(16 * 1024));
    for (fields, expected) in [
        (cookie.as_str(), "http/1.1 101 "),
        ("Sec-WebSocket-Protocol: other, nano\r\n", "\r\nsec-websocket-protocol: nano\r\n"),
        ("Sec-WebSocket-Version: 8\r\n", "\r\nsec-websocket-version: 13\r\n"),
        ("Content-Length: 5\r\n", "http/1.1 400 "),
        ("Origin: https://game.example\r\n", "http/1.1 101 "),
        ("Origin: https://evil.example\r\n", "http/1.1 403 "),
    ] {
        let (_stream, head) = ask_with(address, fields).await;
        assert!(head.to_ascii_lowercase().contains(expected), "{fields}{head}");
    }
}

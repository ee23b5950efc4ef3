//! The page and the WebSocket on one port.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use nano::client::{Client, CloseReason};
use nano::{App, Server, Session, component};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

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
    let server = App::new().component(Site).start().await.expect("an app that starts");
    let site =
        Router::new().route("/", get(|| async { "the page" })).route("/nano", server.axum_route());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let stopping = server.clone();
    let stopping = async move { stopping.stopping().await };
    let http = tokio::spawn(async move {
        let served = if addresses {
            let site = site.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, site).with_graceful_shutdown(stopping).await
        } else {
            axum::serve(listener, site).with_graceful_shutdown(stopping).await
        };
        served.expect("a server that ends well");
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

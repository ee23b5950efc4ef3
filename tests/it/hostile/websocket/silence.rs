//! Peers of a WebSocket that send nothing, or next to nothing.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use nano::App;
use tokio::time::{Instant, interval};

use super::peer::{Peer, request};
use super::{Scene, of, upgraded};

/// Long enough for the upgrade of the peers that make one, on a busy machine.
const LIMIT: Duration = Duration::from_secs(1);

fn impatient() -> App {
    App::new().handshake_timeout(LIMIT)
}

#[tokio::test]
async fn a_peer_that_sends_no_request() {
    let scene = of(impatient()).await;
    let connected = Instant::now();
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    assert_eq!(peer.rest().await, "");
    assert!(connected.elapsed() >= LIMIT, "{:?}", connected.elapsed());
    scene.goes_on().await;
}

/// In another framework the upgrade waited for its bytes without a deadline.
#[tokio::test]
async fn trap_23_an_upgrade_that_trickles_has_a_deadline() {
    let scene = of(impatient()).await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    let mut ticks = interval(LIMIT / 10);
    let mut sent = 0;
    for byte in request("/nano").bytes() {
        ticks.tick().await;
        if peer.try_send([byte]).await.is_err() {
            break;
        }
        sent += 1;
    }
    assert!(sent < 100, "{sent} bytes were taken");
    scene.goes_on().await;
}

/// The deadline is the same for the upgrade and for the handshake in it.
#[tokio::test]
async fn a_peer_that_says_nothing_after_the_upgrade() {
    let mut scene = of(impatient()).await;
    let mut peer = upgraded(&scene).await;
    assert_eq!(peer.close().await, (1001, "handshake_timeout".to_owned()));
    drop(peer);
    scene.is_served().await;
    scene.no_other_end();
}

/// The router that serves the WebSocket at `/nano` and a page of its own.
async fn site(scene: &Scene) -> SocketAddr {
    let router = Router::new()
        .route("/", get(|| async { "the page" }))
        .route("/nano", scene.app.server().axum_route());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = scene.app.server().clone();
    tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(async move { server.stopping().await })
            .await
    });
    address
}

#[tokio::test]
async fn a_peer_of_axum_that_says_nothing() {
    let mut scene = Scene::of(impatient()).await;
    let address = site(&scene).await;
    let silent = Peer::connect(address).await;
    let mut peer = Peer::upgraded(address, "/nano").await;
    assert_eq!(peer.close().await, (1001, "handshake_timeout".to_owned()));
    drop((peer, silent));
    scene.is_served().await;
    scene.no_other_end();
}

#[tokio::test]
async fn a_peer_of_axum_that_is_no_game_client() {
    let scene = Scene::of(App::new()).await;
    let address = site(&scene).await;
    let check = async |path: &str, status: &str, text: &str| {
        let mut peer = Peer::connect(address).await;
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        peer.send(head).await;
        let answer = peer.rest().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains(text), "{answer}");
        scene.goes_on().await;
    };
    check("/", "200", "the page").await;
    check("/favicon.ico", "404", "").await;
    check("/nano", "426", "speaks the nano protocol over WebSocket").await;
}

//! The last packet of a connection, byte for byte, by the kind of client and the reason of the end.

use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Session, component};
use serde_json::{Value, json};

struct Bouncer;

#[component]
impl Bouncer {
    #[handler]
    fn kick(&self, session: &Session) {
        session.kick("cheating");
    }

    #[handler]
    fn rant(&self, session: &Session) {
        session.kick("ä".repeat(5000));
    }

    #[handler]
    fn close(&self, session: &Session) {
        session.close();
    }

    #[handler]
    fn shout(&self, session: &Session) {
        while session.push("onShout", &"x".repeat(60_000)).is_ok() {}
    }

    #[handler]
    async fn sleep(&self) {
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

/// The handshakes of clients of pomelo, Go nano and pitaya.
fn stock() -> [Value; 3] {
    [
        json!({ "sys": { "type": "js-websocket", "version": "0.0.1", "rsa": {} }, "user": {} }),
        json!({}),
        json!({ "sys": { "platform": "mac", "libVersion": "0.3.5-release", "clientVersion": "2.1" } }),
    ]
}

/// The handshakes of this project's clients, and of one with fewer features.
fn native() -> [Value; 2] {
    [
        json!({ "sys": { "type": "nano-js", "version": "1", "features": ["errors", "zlib"] } }),
        json!({ "sys": { "features": [] } }),
    ]
}

async fn open(announced: &Value) -> (TestApp, RawClient) {
    let app = TestApp::start(App::new().component(Bouncer)).await;
    let mut client = app.raw();
    client.open_as(announced.clone()).await;
    (app, client)
}

/// Checks the kick that comes before the end; `None` where there is none. Messages are skipped.
async fn check(mut client: RawClient, kick: Option<&str>, context: &Value) {
    let mut told = None;
    while let Some(packet) = client.packet().await {
        assert_eq!(told, None, "a packet follows the kick: {context}");
        if packet.kind == PacketKind::Kick {
            told = Some(String::from_utf8(packet.body.to_vec()).expect("JSON"));
        }
    }
    assert_eq!(told.as_deref(), kick, "{context}");
}

#[tokio::test(start_paused = true)]
async fn f3_shutdown_without_a_kick_for_stock_clients() {
    let shutdown = async |announced: &Value, kick| {
        let (app, mut client) = open(announced).await;
        client.request(1, "bouncer.sleep", "").await;
        tokio::task::yield_now().await;
        app.shutdown().await;
        assert_eq!(client.message().await.id, 1, "what runs is finished first: {announced}");
        check(client, kick, announced).await;
    };
    for announced in stock() {
        shutdown(&announced, None).await;
    }
    for announced in native() {
        shutdown(&announced, Some(r#"{"reason":"shutdown","reconnectIn":1000}"#)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn f3_timeouts_and_slow_consumers_without_a_kick_for_stock_clients() {
    for (announced, is_native) in
        stock().map(|it| (it, false)).into_iter().chain(native().map(|it| (it, true)))
    {
        let kick =
            |reason| is_native.then(|| format!(r#"{{"reason":"{reason}","reconnectIn":0}}"#));
        let (_app, client) = open(&announced).await;
        tokio::time::sleep(Duration::from_secs(91)).await;
        check(client, kick("heartbeat_timeout").as_deref(), &announced).await;

        let (_app, mut client) = open(&announced).await;
        client.notify("bouncer.shout", "").await;
        check(client, kick("slow_consumer").as_deref(), &announced).await;

        let app = TestApp::start(App::new()).await;
        let mut client = app.raw();
        client.handshake(announced.clone()).await;
        tokio::time::sleep(Duration::from_secs(11)).await;
        check(client, kick("handshake_timeout").as_deref(), &announced).await;
    }
    // Who has announced nothing yet is not kicked either.
    let app = TestApp::start(App::new()).await;
    let client = app.raw();
    tokio::time::sleep(Duration::from_secs(11)).await;
    check(client, None, &json!("no handshake")).await;
}

#[tokio::test(start_paused = true)]
async fn f3_the_application_s_kick_and_a_broken_protocol_are_told_to_everybody() {
    for announced in stock().into_iter().chain(native()) {
        let (_app, mut client) = open(&announced).await;
        client.notify("bouncer.kick", "").await;
        check(client, Some(r#"{"reason":"cheating"}"#), &announced).await;

        let (_app, mut client) = open(&announced).await;
        client.send([9, 0, 0, 0]).await;
        let detail = r#"{"reason":"protocol_error: unknown packet type 9, expected 1 to 5"}"#;
        check(client, Some(detail), &announced).await;

        let (_app, mut client) = open(&announced).await;
        client.notify("bouncer.close", "").await;
        check(client, None, &announced).await;
    }
}

/// Clients refuse packets over their limit, and with them the reason.
#[tokio::test(start_paused = true)]
async fn a_long_reason_is_cut_off() {
    let app = TestApp::start(App::new().component(Bouncer)).await;
    let mut client = app.raw();
    client.open().await;
    client.notify("bouncer.rant", "").await;
    assert_eq!(client.kick_reason().await, "ä".repeat(1024));
}

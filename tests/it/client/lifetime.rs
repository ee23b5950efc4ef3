//! Connections from their opening to their end: heartbeats, deadlines, kicks and the shutdown.

use std::time::Duration;

use nano::ErrorKind;
use nano::client::{Client, CloseReason};
use nano::codec::MessageKind;
use nano::testing::TestApp;
use tokio::time::{Instant, sleep};

use super::server::{Text, app};

#[tokio::test(start_paused = true)]
async fn an_idle_client_and_its_server_keep_each_other_alive() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    sleep(Duration::from_secs(3600)).await;
    assert!(!client.is_closed());
    let name: Text = client.request("room.join", &Text::new("ann")).await.expect("a reply");
    assert_eq!(name.text, "ann");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_answered_for() {
    let app = TestApp::start(app()).await;
    let builder = || Client::builder().request_timeout(Duration::from_secs(60));
    let client = app.connect_with(builder()).await;
    let start = Instant::now();
    let error = client.request::<_, Text>("room.slow", &()).await.expect_err("it is cut off");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("timeout")));
    assert_eq!(start.elapsed().as_secs(), 30);

    let start = Instant::now();
    let error = app.connect().await.request::<_, Text>("room.slow", &()).await;
    assert_eq!(error.expect_err("the client gives up first").kind(), ErrorKind::Timeout);
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn f3_a_kick_is_final_and_a_close_is_not() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    client.notify("room.kick", &Text::new("cheating")).await.expect("there is room");
    assert_eq!(client.closed().await, CloseReason::Kicked { reason: "cheating".to_owned() });
    assert_eq!(client.reconnect_in(), None);

    let client = app.connect().await;
    client.notify("room.close", &()).await.expect("there is room");
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert!(client.reconnect_in().is_some());
}

#[tokio::test]
async fn the_server_sees_clients_come_and_go() {
    let app = TestApp::start(app()).await;
    let (first, second) = (app.connect().await, app.connect().await);
    assert_eq!(app.server().sessions(), 2);
    first.close().await;
    assert_eq!(app.server().sessions(), 1);
    assert_eq!(first.closed().await, CloseReason::Closed);
    drop(second);
    app.shutdown().await;
    assert_eq!(app.server().sessions(), 0);
}

#[tokio::test]
async fn a_shutdown_reaches_every_client() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    let mut raw = app.raw();
    raw.open().await;
    app.shutdown().await;
    assert_eq!(client.closed().await, CloseReason::Kicked { reason: "shutdown".to_owned() });
    assert!(client.reconnect_in().is_some(), "the next server may be there already");
    assert_eq!(raw.message().await.route, "onText");
    raw.expect_closed().await;
    let error = client.request::<_, Text>("room.join", &()).await.expect_err("it is closed");
    assert_eq!(error.to_string(), "connection is closed: kicked by the server: shutdown");
    let refused = Client::builder().over(app.pipe()).await;
    assert!(refused.is_err(), "an app that has shut down accepts nobody");
}

#[tokio::test(start_paused = true)]
async fn a_raw_client_sees_what_is_on_the_wire() {
    let app = TestApp::start(app()).await;
    let mut client = app.raw();
    assert_eq!(client.open().await["code"], 200);
    let welcome = client.message().await;
    assert_eq!((welcome.kind, welcome.route.as_str()), (MessageKind::Push, "onText"));
    assert_eq!(welcome.code, None, "a client that announces nothing gets names");
    client.request(9, "room.join", r#"{"text":"ann"}"#).await;
    assert_eq!(client.message().await.json()["text"], "ann is here");
    let reply = client.message().await;
    assert_eq!(
        (reply.kind, reply.id, reply.json()["text"].as_str()),
        (MessageKind::Response, 9, Some("ann"))
    );
    client.send([9, 0, 0, 0]).await;
    assert_eq!(
        client.kick_reason().await,
        "protocol_error: unknown packet type 9, expected 1 to 5"
    );
    client.expect_closed().await;
}

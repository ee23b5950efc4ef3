//! The Rust client, which comes back by itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::testing::{Network, TestApp};
use nano::{App, ErrorKind, Handshake, Resume, component};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::table::Scene;

/// A client, its network, and the pushes that it gets.
async fn connect(scene: &Scene) -> (Client, Network, mpsc::UnboundedReceiver<u64>) {
    let (heard, pushes) = mpsc::unbounded_channel();
    let network = Network::new();
    let builder =
        Client::builder().on::<u64>("onNumber", move |n| heard.send(n).expect("somebody listens"));
    (scene.app.connect_over(&network, builder).await, network, pushes)
}

#[tokio::test(start_paused = true)]
async fn calls_wait_for_the_return_and_pushes_are_caught_up() {
    let mut scene = Scene::start(Resume::new()).await;
    let (client, network, mut pushes) = connect(&scene).await;
    let id: String = client.request("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.request::<_, u64>("table.wait", &9).await }
    });
    assert_eq!(scene.event().await, "waits for 9");
    network.cut();
    scene.gate.notify_one();
    assert_eq!(scene.event().await, "lost");
    scene.push(1);
    // What is called meanwhile waits as well.
    let who = tokio::spawn({
        let client = client.clone();
        async move { client.request::<_, (String, i64)>("table.who", &()).await }
    });
    tokio::time::sleep(Duration::from_secs(5)).await;
    scene.push(2);
    scene.no_event();
    network.mend();
    assert_eq!(scene.event().await, "resumed");
    assert_eq!(waiting.await.expect("no panic").expect("a reply"), 9);
    assert_eq!(who.await.expect("no panic").expect("a reply"), (id, 7));
    assert_eq!((pushes.recv().await, pushes.recv().await), (Some(1), Some(2)));
    assert!(!client.is_closed());
    // It says goodbye, and its session ends at once.
    client.close().await;
    assert_eq!(scene.event().await, "closed: disconnected");
}

#[tokio::test(start_paused = true)]
async fn a_request_may_run_out_of_time_before_the_return() {
    let mut scene = Scene::start(Resume::new()).await;
    let (client, network, _pushes) = connect(&scene).await;
    client.request::<_, String>("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    network.cut();
    let error =
        client.request::<_, u64>("table.wait", &9).await.expect_err("it waits for too long");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    network.mend();
    // It was sent all the same, and its reply is for nobody.
    assert_eq!((scene.event().await, scene.event().await), ("lost".into(), "resumed".into()));
    assert_eq!(scene.event().await, "waits for 9");
    scene.gate.notify_one();
    client.request::<_, (String, i64)>("table.who", &()).await.expect("the next one is answered");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_gone_ends_the_client() {
    let mut scene = Scene::start(Resume::new().window(Duration::from_secs(30))).await;
    let (client, network, _pushes) = connect(&scene).await;
    client.request::<_, String>("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    network.cut();
    assert_eq!(scene.event().await, "lost");
    scene.kick_all();
    assert_eq!(scene.event().await, "closed: away");
    network.mend();
    assert_eq!(client.closed().await, CloseReason::Lost);
    let reconnect_in = client.reconnect_in().expect("the server is there");
    assert!(reconnect_in < Duration::from_secs(1));
    let error = client.request::<_, u64>("table.wait", &9).await.expect_err("it has ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    // The session that the server began instead has ended, too.
    assert_eq!(
        (scene.event().await, scene.event().await),
        ("opened".into(), "closed: disconnected".into())
    );

    // A server that does not come back in time ends it as well.
    let (client, network, _pushes) = connect(&scene).await;
    network.cut();
    let begun = Instant::now();
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert!((15..=30).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_closed_while_it_is_away_comes_back_to_say_goodbye() {
    let mut scene = Scene::start(Resume::new()).await;
    let (client, network, _pushes) = connect(&scene).await;
    client.request::<_, String>("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    network.cut();
    assert_eq!(scene.event().await, "lost");
    // What was sent before is written, as on a connection that is there.
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.request::<_, u64>("table.wait", &9).await }
    });
    tokio::task::yield_now().await;
    scene.gate.notify_one();
    network.mend();
    let begun = Instant::now();
    client.close().await;
    assert_eq!((client.closed().await, begun.elapsed().as_secs()), (CloseReason::Closed, 0));
    let error = waiting.await.expect("no panic").expect_err("nobody waits for the reply");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(
        (scene.event().await, scene.event().await),
        ("resumed".into(), "waits for 9".into())
    );
    assert_eq!(scene.event().await, "closed: disconnected");
    assert_eq!(begun.elapsed().as_secs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_closed_while_it_is_away_does_not_wait_for_a_server_that_is_gone() {
    let mut scene = Scene::start(Resume::new()).await;
    let (client, network, _pushes) = connect(&scene).await;
    client.request::<_, String>("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    network.cut();
    assert_eq!(scene.event().await, "lost");
    let begun = Instant::now();
    client.close().await;
    assert_eq!((client.closed().await, begun.elapsed().as_secs()), (CloseReason::Closed, 0));
    // Its session ends with the window.
    assert_eq!(scene.event().await, "closed: disconnected");
    assert_eq!(begun.elapsed().as_secs(), 60);

    // A connection that is opened and never answered is given up in time.
    let (is_cut, network, app) = (Arc::new(Mutex::new(false)), Network::new(), scene.app.clone());
    let mut silent = Vec::new();
    let (cut, first) = (is_cut.clone(), network.clone());
    let client = Client::builder().connect_by(move || {
        let io = if *cut.lock().expect("no panic") {
            let (near, far) = tokio::io::duplex(64);
            silent.push(far);
            Ok(near)
        } else {
            app.pipe_over(&first)
        };
        async move { io }
    });
    let client = client.await.expect("the app accepts it");
    assert_eq!(scene.event().await, "opened");
    *is_cut.lock().expect("no panic") = true;
    network.cut();
    assert_eq!(scene.event().await, "lost");
    let begun = Instant::now();
    client.close().await;
    assert_eq!((client.closed().await, begun.elapsed().as_secs()), (CloseReason::Closed, 2));
}

/// A component that tells the test the users of handshakes.
struct Gate(mpsc::UnboundedSender<Value>);

#[component]
impl Gate {
    #[on(handshake)]
    fn greet(&self, hello: Handshake) {
        self.0.send(hello.user).expect("the test looks");
    }
}

/// With the user the hook might bind it, and end the session that it has by now on another device.
#[tokio::test(start_paused = true)]
async fn a_client_whose_session_is_gone_logs_nobody_in() {
    let (seen, mut users) = mpsc::unbounded_channel();
    let app = TestApp::start(App::new().resume(Resume::new()).component(Gate(seen))).await;
    let network = Network::new();
    let builder = Client::builder().user(json!({ "token": "ann" }));
    let client = app.connect_over(&network, builder).await;
    assert_eq!(users.recv().await, Some(json!({ "token": "ann" })));
    network.cut();
    app.server().everyone().sessions().iter().for_each(|session| session.kick("enough"));
    network.mend();
    assert_eq!(client.closed().await, CloseReason::Lost);
    assert_eq!(users.recv().await, Some(Value::Null));
}

#[tokio::test(start_paused = true)]
async fn only_those_that_can_come_back_say_so() {
    let scene = Scene::start(Resume::new()).await;
    let offered = |client: &Client| client.handshake()["sys"].get("resume").is_some();
    let (client, ..) = connect(&scene).await;
    assert!(offered(&client));
    assert!(!offered(&scene.app.connect().await), "a stream that is given cannot be opened again");
    let seen = Arc::new(Mutex::new(0));
    let (app, opened) = (scene.app.clone(), seen.clone());
    let builder = Client::builder().features(["errors"]);
    let client = builder.connect_by(move || {
        *opened.lock().expect("no panic") += 1;
        let pipe = app.pipe();
        async move { Ok(pipe) }
    });
    let client = client.await.expect("the app accepts it");
    assert!(!offered(&client));
    scene.app.shutdown().await;
    client.closed().await;
    assert_eq!(*seen.lock().expect("no panic"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_read_is_not_asked_for_again() {
    let mut scene = Scene::start(Resume::new()).await;
    let app = scene.app.clone();
    let client = Client::builder()
        .packet_limit(1000)
        .connect_by(move || std::future::ready(std::io::Result::Ok(app.pipe())));
    let client = client.await.expect("the app accepts it");
    client.request::<_, String>("table.join", &7).await.expect("a seat");
    assert_eq!(scene.event().await, "opened");
    scene.app.server().everyone().broadcast("onText", &"x".repeat(2000)).expect("it fits");
    assert!(matches!(client.closed().await, CloseReason::Broken { .. }));
    // It says goodbye, and its session does not wait for it.
    assert_eq!(scene.event().await, "closed: disconnected");
    scene.no_event();
}

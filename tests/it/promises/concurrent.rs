//! Promise 1: `#[handler(concurrent)]`.

use std::sync::Arc;
use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Error, Result, Session, component};
use tokio::sync::Semaphore;

use super::support::{Log, code_of, in_time};

#[derive(Clone)]
struct Lobby {
    gate: Arc<Semaphore>,
    log: Log,
}

impl Default for Lobby {
    fn default() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), log: Log::default() }
    }
}

#[component]
impl Lobby {
    #[handler(concurrent)]
    async fn wait(&self, number: u32) -> u32 {
        self.log.add("waiting");
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        self.log.add("done");
        number
    }

    #[handler(concurrent)]
    async fn refuse(&self) -> Result<()> {
        Err(Error::reject("full", "no more"))
    }

    #[handler(concurrent)]
    fn refuse_at_once(&self) -> Result<()> {
        Err(Error::reject("full", "no more"))
    }

    #[handler(concurrent)]
    async fn panic(&self, later: bool) {
        if later {
            tokio::task::yield_now().await;
        }
        panic!("a concurrent handler panics");
    }

    #[handler(concurrent)]
    fn panic_at_once(&self) {
        panic!("a concurrent handler panics at once");
    }

    #[handler]
    fn now(&self) -> u32 {
        0
    }

    #[on(session_closed)]
    fn closed(&self, _session: &Session) {
        self.log.add("closed");
    }
}

async fn start() -> (TestApp, Lobby, RawClient) {
    let lobby = Lobby::default();
    let app = TestApp::start(App::new().component(lobby.clone())).await;
    let mut client = app.raw();
    client.open().await;
    (app, lobby, client)
}

#[tokio::test]
async fn promise_1_a_concurrent_handler_is_overtaken() {
    let (_app, lobby, mut client) = start().await;
    client.request(1, "lobby.wait", "7").await;
    client.request(2, "lobby.now", "").await;
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (2, 0.into()));
    lobby.gate.add_permits(1);
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (1, 7.into()));
}

#[tokio::test(start_paused = true)]
async fn promise_1_the_message_behind_64_concurrent_calls_waits() {
    let (_app, lobby, mut client) = start().await;
    for id in 1..=65 {
        client.request(id, "lobby.wait", id.to_string()).await;
    }
    client.request(66, "lobby.now", "").await;
    lobby.log.reached_times("waiting", 64).await;
    // Time passes only when nothing else can happen.
    let early = tokio::time::timeout(Duration::from_secs(1), client.message()).await;
    assert!(early.is_err(), "expected no reply yet, got {early:?}");
    assert_eq!(lobby.log.count("waiting"), 64);
    lobby.gate.add_permits(1);
    let mut ids = vec![client.message().await.id];
    lobby.log.reached_times("waiting", 65).await;
    let early = tokio::time::timeout(Duration::from_secs(1), client.message()).await;
    assert!(early.is_err(), "expected the last message to wait still, got {early:?}");
    lobby.gate.add_permits(64);
    while ids.len() < 66 {
        let reply = client.message().await;
        assert_eq!(reply.json(), if reply.id == 66 { 0 } else { reply.id });
        ids.push(reply.id);
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=66).collect::<Vec<_>>(), "each request has one reply");
}

#[tokio::test(start_paused = true)]
async fn promise_1_a_session_whose_concurrent_calls_are_full_is_not_taken_for_dead() {
    let lobby = Lobby::default();
    let app = App::new().component(lobby.clone()).heartbeat(Duration::from_secs(1));
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    client.open().await;
    for id in 1..=65 {
        client.request(id, "lobby.wait", id.to_string()).await;
    }
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        client.send_packet(PacketKind::Heartbeat, "").await;
    }
    assert_eq!(lobby.log.count("waiting"), 64);
    lobby.gate.add_permits(65);
    for _ in 1..=65 {
        let reply = client.message().await;
        assert_eq!(reply.json(), reply.id);
    }
}

#[tokio::test]
async fn promise_2_errors_and_panics_of_concurrent_handlers_answer() {
    let (app, _lobby, mut client) = start().await;
    for (id, route, body, code) in [
        (1, "lobby.refuse", "", "full"),
        (2, "lobby.refuse_at_once", "", "full"),
        (3, "lobby.panic", "true", "internal"),
        (4, "lobby.panic", "false", "internal"),
        (5, "lobby.panic_at_once", "", "internal"),
        (6, "lobby.wait", "\"text\"", "bad_request"),
    ] {
        client.request(id, route, body).await;
        let reply = client.message().await;
        assert_eq!((reply.id, code_of(&reply.json())), (id, code), "{route}");
    }
    client.request(7, "lobby.now", "").await;
    assert_eq!(client.message().await.id, 7, "nothing is answered twice");
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_concurrent_handler_that_runs_out_of_time_answers() {
    let (_app, _lobby, mut client) = start().await;
    client.request(1, "lobby.wait", "1").await;
    tokio::time::sleep(Duration::from_secs(29)).await;
    client.request(2, "lobby.now", "").await;
    assert_eq!(client.message().await.id, 2);
    let reply = client.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (1, "timeout"));
}

#[tokio::test]
async fn promise_5_the_end_of_a_session_waits_for_its_concurrent_handlers() {
    let (app, lobby, mut client) = start().await;
    client.request(1, "lobby.wait", "1").await;
    client.request(2, "lobby.now", "").await;
    assert_eq!(client.message().await.id, 2);
    drop(client);
    // The peer's end is noticed while the handler runs on; the hook is not run for it.
    let mut other = app.raw();
    other.open().await;
    other.request(1, "lobby.now", "").await;
    other.message().await;
    assert_eq!(lobby.log.entries(), ["waiting"]);
    lobby.gate.add_permits(1);
    in_time("the hook", lobby.log.reached("closed")).await;
    assert_eq!(lobby.log.entries(), ["waiting", "done", "closed"]);
}

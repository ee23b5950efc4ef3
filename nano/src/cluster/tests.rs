//! Tests of nodes that are linked in memory. The promises of a session over a link are tested with those of other
//! sessions, in `dispatch/tests`.

mod broadcasts;
pub(crate) mod cable;
mod calls;
mod codes;
mod faults;
mod leaving;
mod links;
mod losses;
mod policies;
mod rooms;
mod routes;
mod shared;
mod strain;
mod users;

use std::time::Duration;

use cable::{Cable, join, node};
use serde_json::json;
use tokio::time::Instant;

use crate::client::Client;
use crate::dispatch::tests::Log;
use crate::testing::TestApp;
use crate::{App, Context, Json, Reply, Result, Session, component};

/// The component of a backend.
#[derive(Default)]
struct Chat {
    seen: Log,
    parked: Option<Reply<String>>,
}

#[component(crate = crate)]
impl Chat {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.seen.note(format!("opened {:?}", session.uid()));
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.seen.note(format!("bound {:?}", session.uid()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.seen.note(format!("closed {}", session.close_reason().expect("a reason")));
    }

    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<u64> {
        session.bind(uid).await?;
        session.data().set("level", &7)?;
        Ok(session.id().get())
    }

    #[handler]
    fn level(&self, session: &Session) -> Result<Option<u32>> {
        session.data().get("level")
    }

    #[handler(rate = "2/m", max_body = "16B")]
    fn limited(&self, _text: String) {
        self.seen.note("limited");
    }

    #[handler]
    fn park(&mut self, reply: Reply<String>) {
        self.parked = Some(reply);
    }

    #[handler]
    fn free(&mut self, text: String) -> bool {
        self.parked.take().map(|reply| reply.send(text)).is_some()
    }

    /// Answers behind a push.
    #[handler]
    async fn tell(&self, session: &Session, millis: u64) -> Result<u64> {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        session.push("onTold", &millis)?;
        Ok(millis)
    }

    #[handler(concurrent)]
    async fn slow(&self, millis: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        millis
    }

    /// Answers later than it ends.
    #[handler(concurrent)]
    async fn slow_and_late(&self, millis: u64, reply: Reply<u64>) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            reply.send(millis);
        });
    }

    /// Tells its client something, and has no answer.
    #[handler(concurrent)]
    async fn whisper(&self, session: &Session, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        // The client may have gone.
        let _ = session.push("onTold", &millis);
    }

    #[handler(timeout = "2s")]
    async fn stuck(&self) {
        std::future::pending::<()>().await;
    }

    #[handler]
    fn hang_up(&self, session: &Session) {
        session.close();
    }

    #[handler]
    fn nothing(&self) -> Result<()> {
        Ok(())
    }
}

/// The component of a gate.
#[derive(Default)]
struct Door {
    seen: Log,
}

#[component(crate = crate)]
impl Door {
    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.seen.note(format!("bound {:?}", session.uid()));
    }

    #[handler]
    fn raise(&self, session: &Session) -> Result<Option<u32>> {
        let level: Option<u32> = session.data().get("level")?;
        session.data().set("level", &level.map(|level| level + 1))?;
        Ok(level)
    }

    #[handler]
    fn online(&self, ctx: &Context<Self>, uid: i64) -> bool {
        !ctx.user(uid).sessions().is_empty()
    }
}

struct Nodes {
    gate: TestApp,
    backend: TestApp,
    cable: Cable,
    at_gate: Log,
    at_backend: Log,
}

async fn nodes() -> Nodes {
    let (at_gate, at_backend) = (Log::default(), Log::default());
    let door = Door { seen: at_gate.clone() };
    let gate = TestApp::start(App::new().component(door).cluster(node(1))).await;
    let chat = Chat { seen: at_backend.clone(), ..Chat::default() };
    let backend = TestApp::start(App::new().component(chat).cluster(node(2))).await;
    let cable = join(&gate, &backend).await;
    Nodes { gate, backend, cable, at_gate, at_backend }
}

async fn code(client: &Client<Json>, route: &str, body: serde_json::Value) -> String {
    let error = client.request::<_, serde_json::Value>(route, &body).await.expect_err("an error");
    error.code().expect("a code").to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_session_is_the_same_on_both_nodes() {
    let Nodes { gate, backend, at_gate, at_backend, .. } = nodes().await;
    let client = gate.connect().await;
    let id: u64 = client.request("chat.login", &42).await.unwrap();
    let sessions = gate.server().everyone().sessions();
    assert_eq!(sessions.iter().map(|session| session.id().get()).collect::<Vec<_>>(), [id]);
    assert_eq!(sessions[0].id().node(), Some(1), "the id tells the gate");
    assert_eq!(sessions[0].uid(), Some(42.into()), "bound at the gate before the reply");
    assert!(client.request::<_, bool>("door.online", &42).await.unwrap());

    // What one of them writes, the other reads with the next message.
    assert_eq!(client.request::<_, Option<u32>>("door.raise", &()).await.unwrap(), Some(7));
    assert_eq!(client.request::<_, Option<u32>>("chat.level", &()).await.unwrap(), Some(8));
    assert_eq!(code(&client, "chat.login", json!(43)).await, "already_bound");

    assert_eq!(at_gate.take(), ["bound Some(42)"]);
    client.close().await;
    while backend.server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(at_backend.take(), ["opened None", "bound Some(42)", "closed disconnected"]);
    assert_eq!(gate.server().sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_does_not_hold_the_next_message_up() {
    let Nodes { gate, backend: _backend, .. } = nodes().await;
    let client = gate.connect().await;
    let (parked, freed) = tokio::join!(
        client.request::<_, String>("chat.park", &()),
        client.request("chat.free", &"go")
    );
    assert_eq!((parked.unwrap(), freed.unwrap()), ("go".to_owned(), true));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_leaves_nothing_behind() {
    let Nodes { gate, backend, .. } = nodes().await;
    let node = gate.server().core().node.clone().expect("a node");
    let link = node.gate.peers.all()[0].link().expect("a link");
    let clients = [gate.connect().await, gate.connect().await];
    for (client, route) in clients.iter().zip(["chat.park", "chat.stuck"]) {
        let waits = client.request::<_, serde_json::Value>(route, &());
        assert!(tokio::time::timeout(Duration::from_millis(100), waits).await.is_err());
    }
    assert_eq!(link.calls.len(), 2, "a late reply, and a handler that runs");
    drop(clients);
    while gate.server().sessions() + backend.server().sessions() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(link.calls.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_gate_checks_the_policy_of_another_nodes_route() {
    let Nodes { gate, backend: _backend, at_backend, .. } = nodes().await;
    let client = gate.connect().await;
    assert_eq!(code(&client, "chat.limited", json!("far too long a text")).await, "too_large");
    client.request::<_, ()>("chat.limited", &"a").await.unwrap();
    assert_eq!(code(&client, "chat.limited", json!("b")).await, "rate_limited");
    assert_eq!(at_backend.take(), ["opened None", "limited"], "what is refused stays at the gate");
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_the_route_ends_a_request() {
    let Nodes { gate, backend: _backend, .. } = nodes().await;
    let client = gate.connect().await;
    let start = Instant::now();
    assert_eq!(code(&client, "chat.stuck", json!(null)).await, "timeout");
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(2) && took <= Duration::from_millis(2200), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_backend_closes_a_client() {
    let Nodes { gate, backend, at_backend, .. } = nodes().await;
    let client = gate.connect().await;
    client.notify("chat.hang_up", &()).await.unwrap();
    client.closed().await;
    while backend.server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(at_backend.take(), ["opened None", "closed closed"]);
}

#[tokio::test(start_paused = true)]
async fn stock_clients_receive_through_a_gate_what_they_receive_on_one_node() {
    let Nodes { gate, backend, .. } = nodes().await;
    for app in [&gate, &backend] {
        let mut client = app.raw();
        client.open().await;
        let mut replies = Vec::new();
        for (id, route, body) in
            [(1, "chat.nothing", "null"), (2, "chat.level", "null"), (3, "chat.login", "[")]
        {
            client.request(id, route, body).await;
            replies.push(client.message().await.json());
        }
        assert_eq!(replies[..2], [json!({}), json!(null)]);
        assert_eq!(replies[2]["error"]["code"], "bad_request");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_shuts_down_leaves_the_clients_to_their_gate() {
    let Nodes { gate, backend, at_backend, .. } = nodes().await;
    let client = gate.connect().await;
    client.request::<_, ()>("chat.nothing", &()).await.unwrap();
    backend.shutdown().await;
    assert_eq!(at_backend.take(), ["opened None", "closed shutdown"]);
    assert_eq!(code(&client, "chat.nothing", json!(null)).await, "unavailable");
    assert_eq!(client.request::<_, Option<u32>>("door.raise", &()).await.unwrap(), None);
}

/// The desk of the test below writes before or after the gate's own component, which it calls.
struct Scribe;

#[component(crate = crate)]
impl Scribe {
    #[handler]
    async fn first(&self, session: &Session) -> Result<()> {
        session.data().set("word", &"scribe")?;
        NotaryClient::new(&session.caller()).write().await
    }

    #[handler]
    async fn second(&self, session: &Session) -> Result<()> {
        NotaryClient::new(&session.caller()).write().await?;
        session.data().set("word", &"scribe")
    }

    #[handler]
    fn word(&self, session: &Session) -> Result<Option<String>> {
        session.data().get("word")
    }
}

struct Notary;

#[component(crate = crate)]
impl Notary {
    #[handler(internal)]
    fn write(&self, session: &Session) -> Result<()> {
        session.data().set("word", &"notary")
    }

    #[handler]
    fn read(&self, session: &Session) -> Result<Option<String>> {
        session.data().get("word")
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_nodes_that_write_one_value_the_last_at_the_gate_wins() {
    let gate = TestApp::start(App::new().component(Notary).cluster(node(1))).await;
    let backend = TestApp::start(App::new().component(Scribe).cluster(node(2))).await;
    let _cable = join(&gate, &backend).await;
    let client = gate.connect().await;
    for (route, last) in [("scribe.first", "notary"), ("scribe.second", "scribe")] {
        client.request::<_, ()>(route, &()).await.unwrap();
        for reader in ["notary.read", "scribe.word"] {
            let word: Option<String> = client.request(reader, &()).await.unwrap();
            assert_eq!(word.as_deref(), Some(last), "{reader} after {route}");
        }
    }
}

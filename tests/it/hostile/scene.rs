//! An app under attack, with a bystander whose game must go on.

use std::future::Future;
use std::time::Duration;

use nano::client::Client;
use nano::testing::{RawClient, TestApp};
use nano::{App, CloseReason, Session, component};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The time that any wait may take, in tokio's time.
const DEADLINE: Duration = Duration::from_secs(60);

/// The component of the app under attack.
#[derive(Debug)]
pub(crate) struct Arena {
    ended: UnboundedSender<CloseReason>,
}

#[component]
impl Arena {
    #[handler]
    fn add(&self, (a, b): (i64, i64)) -> i64 {
        a + b
    }

    #[handler]
    fn echo(&self, body: Value) -> Value {
        body
    }

    #[handler]
    fn ignore(&self) {}

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        // The scene may be over.
        let _ = self.ended.send(session.close_reason().expect("a closed session has a reason"));
    }
}

/// A running app with one bystander.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    bystander: Client,
    ended: UnboundedReceiver<CloseReason>,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::of(App::new()).await
    }

    /// Starts `app` with the arena in it.
    pub(crate) async fn of(app: App) -> Self {
        let (sender, ended) = unbounded_channel();
        let app = TestApp::start(app.component(Arena { ended: sender })).await;
        let bystander = app.connect().await;
        Self { app, bystander, ended }
    }

    /// Connects a client that announces nothing, and opens its session.
    pub(crate) async fn player(&self) -> RawClient {
        self.player_as(json!({})).await
    }

    /// Connects a client that is told the reason of every end, and opens its session.
    pub(crate) async fn native_player(&self) -> RawClient {
        self.player_as(json!({ "sys": { "features": [] } })).await
    }

    async fn player_as(&self, announcement: Value) -> RawClient {
        let mut client = self.app.raw();
        client.open_as(announcement).await;
        client.request(1, "arena.add", "[1,1]").await;
        assert_eq!(client.message().await.json(), 2);
        client
    }

    /// Checks that the bystander is answered, and that its session is the only one left.
    pub(crate) async fn goes_on(&self) {
        self.is_served().await;
        assert_eq!(self.app.server().sessions(), 1, "only the bystander is left");
    }

    /// Checks that the bystander is answered.
    pub(crate) async fn is_served(&self) {
        let sum: i64 = self
            .bystander
            .request("arena.add", &(20, 22))
            .await
            .expect("the bystander is answered");
        assert_eq!(sum, 42);
    }

    /// Returns the reason for the end of the next session whose handshake was completed.
    pub(crate) async fn end(&mut self) -> CloseReason {
        in_time("the session_closed hook", self.ended.recv()).await.expect("the app is there")
    }

    /// Checks that no session has ended that [`Scene::end`] has not returned.
    pub(crate) fn no_other_end(&mut self) {
        assert!(self.ended.try_recv().is_err(), "a session_closed hook ran twice");
    }
}

/// A packet with any type byte.
pub(crate) fn packet(kind: u8, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let len = u32::try_from(body.len()).expect("a short body").to_be_bytes();
    [&[kind], &len[1..], body].concat()
}

pub(crate) async fn in_time<T>(awaited: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(value) => value,
        Err(_) => panic!("expected {awaited}, waited {DEADLINE:?}"),
    }
}

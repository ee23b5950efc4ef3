//! A table whose players come and go, and its log.

use std::sync::Arc;
use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Group, Result, Resume, Session, component};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

pub(super) struct Table {
    players: Group,
    gate: Arc<Notify>,
    log: mpsc::UnboundedSender<String>,
}

impl Table {
    fn note(&self, line: impl Into<String>) {
        // The test may have ended.
        let _ = self.log.send(line.into());
    }
}

#[component]
impl Table {
    #[on(session_opened)]
    fn opened(&self) {
        self.note("opened");
    }

    #[on(session_lost)]
    async fn lost(&self, session: &Session) {
        assert!(session.is_lost() || session.close_reason().is_none());
        tokio::task::yield_now().await;
        self.note("lost");
    }

    #[on(session_resumed)]
    fn resumed(&self, session: &Session) {
        assert!(!session.is_lost());
        self.note("resumed");
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.note(format!("closed: {}", session.close_reason().expect("a reason")));
    }

    #[handler]
    async fn join(&self, session: &Session, uid: i64) -> Result<String> {
        session.bind(uid).await?;
        self.players.add(session)?;
        Ok(session.id().to_string())
    }

    #[handler]
    fn who(&self, session: &Session) -> (String, Option<i64>) {
        (session.id().to_string(), session.uid().and_then(|uid| uid.as_i64()))
    }

    #[handler]
    async fn wait(&self, n: u64) -> u64 {
        self.note(format!("waits for {n}"));
        self.gate.notified().await;
        n
    }

    #[handler]
    fn kick(&self, session: &Session) {
        session.kick("enough");
    }
}

/// An app with one table.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) gate: Arc<Notify>,
    players: Group,
    events: mpsc::UnboundedReceiver<String>,
}

impl Scene {
    pub(super) async fn start(resume: Resume) -> Self {
        Self::start_with(App::new(), resume).await
    }

    pub(super) async fn start_with(app: App, resume: Resume) -> Self {
        let (log, events) = mpsc::unbounded_channel();
        let gate: Arc<Notify> = Arc::default();
        let players = Group::new();
        let table = Table { players: players.clone(), gate: gate.clone(), log };
        let app = TestApp::start(app.resume(resume).component(table)).await;
        Self { app, gate, players, events }
    }

    /// Connects a client that may come back, and lets it join.
    pub(super) async fn join(&self, uid: i64) -> Player {
        let mut raw = self.app.raw();
        let reply = raw.open_as(hello(None)).await;
        raw.request(1, "table.join", uid.to_string()).await;
        let id = raw.message().await.json().as_str().expect("an id").to_owned();
        Player { raw, id, token: token(&reply) }
    }

    /// Waits for the next line of the log.
    pub(super) async fn event(&mut self) -> String {
        let event = tokio::time::timeout(Duration::from_secs(600), self.events.recv()).await;
        event.expect("an event within ten minutes").expect("the app runs")
    }

    pub(super) fn no_event(&mut self) {
        if let Ok(event) = self.events.try_recv() {
            panic!("unexpected: {event}");
        }
    }

    /// Kicks all players.
    pub(super) fn kick_all(&self) {
        self.players.members().iter().for_each(|player| player.kick("away"));
    }

    /// Pushes a number to all players.
    pub(super) fn push(&self, n: u64) {
        self.players.broadcast("onNumber", &n).expect("it encodes");
    }

    /// The ids, users and absence of the players.
    pub(super) fn members(&self) -> Vec<(String, Option<i64>, bool)> {
        let members = self.players.members();
        let seen =
            |s: &Session| (s.id().to_string(), s.uid().and_then(|uid| uid.as_i64()), s.is_lost());
        members.iter().map(seen).collect()
    }
}

/// One connection of a client that may come back.
pub(super) struct Player {
    pub(super) raw: RawClient,
    pub(super) id: String,
    pub(super) token: String,
}

impl Player {
    /// Comes back with a token, and gives what the server says to it.
    pub(super) async fn back(app: &TestApp, token_: &str, received: u64) -> (Self, Value) {
        let mut raw = app.raw();
        let reply = raw.open_as(hello(Some((token_, received)))).await;
        let player = Self { raw, id: String::new(), token: token(&reply) };
        (player, reply["sys"]["resume"].clone())
    }

    /// Waits for the next push.
    pub(super) async fn push(&mut self) -> u64 {
        let push = self.raw.message().await;
        assert_eq!(push.route, "onNumber");
        push.json().as_u64().expect("a number")
    }
}

/// The handshake of a client that may come back, or does.
pub(super) fn hello(resume: Option<(&str, u64)>) -> Value {
    let resume = resume.map(|(token, received)| json!({ "token": token, "received": received }));
    json!({ "sys": { "features": ["errors", "resume"], "resume": resume } })
}

pub(super) fn token(reply: &Value) -> String {
    let token = reply["sys"]["resume"]["token"].as_str();
    token.unwrap_or_else(|| panic!("expected a token in {reply}")).to_owned()
}

//! Traps of users: the binding of a session that is replaced, refused, or closed meanwhile.

use std::sync::Arc;
use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Context, DuplicateLogin, Result, Session, component};
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::promises::support::{Log, in_time, sessions};

#[derive(Clone, Default)]
struct Gate {
    log: Log,
    /// Lets the handlers of `hold` end.
    released: Arc<Notify>,
}

#[component]
impl Gate {
    #[handler]
    async fn login(&self, session: &Session, name: String) -> Result<()> {
        session.insert(name);
        session.bind(7).await
    }

    /// Binds, closes, and is bound all the same.
    #[handler]
    async fn login_and_leave(&self, session: &Session) -> Result<()> {
        session.bind(7).await?;
        session.close();
        Ok(())
    }

    #[handler]
    async fn hold(&self) {
        let released = self.released.notified();
        self.log.add("held");
        released.await;
    }

    #[handler]
    fn flood(&self, session: &Session) {
        while session.push("onFlood", &"x".repeat(60_000)).is_ok() {}
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session, ctx: &Context<Self>) {
        self.note("bound", session, ctx);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session, ctx: &Context<Self>) {
        self.note("closed", session, ctx);
    }

    /// Notes an event, with the names of the sessions that the user has then.
    fn note(&self, event: &str, session: &Session, ctx: &Context<Self>) {
        let name = |session: &Session| session.get::<String>().unwrap_or_default();
        let there: Vec<_> = ctx.user(7).sessions().iter().map(name).collect();
        self.log.add(format!("{event} {}: {}", name(session), there.join(" ")));
    }
}

async fn start(policy: DuplicateLogin) -> (TestApp, Gate) {
    let gate = Gate::default();
    let app = App::new().component(gate.clone()).duplicate_login(policy);
    (TestApp::start(app).await, gate)
}

async fn login(app: &TestApp, name: &str) -> (RawClient, serde_json::Value) {
    let mut client = app.raw();
    client.open().await;
    client.request(1, "gate.login", json!(name).to_string()).await;
    let answer = client.message().await.json();
    (client, answer)
}

/// In another framework the old connection's close removed the new one's binding.
#[tokio::test(start_paused = true)]
async fn trap_17_a_quick_reconnect_keeps_the_new_binding() {
    let (app, gate) = start(DuplicateLogin::Replace).await;
    let (mut old, _) = login(&app, "old").await;
    let (mut new, _) = login(&app, "new").await;
    assert_eq!(old.kick_reason().await, "replaced");
    gate.log.reached("closed old: new").await;
    sessions(&app, 1).await;
    app.server().user(7).push("onNews", &1).expect("the new one is there");
    assert_eq!(new.message().await.json(), json!(1));
    drop(new);
    gate.log.reached("closed new: ").await;
    assert!(!app.server().user(7).is_online().await);
}

/// In another framework kicking a dead old session failed, and the login was refused for it.
#[tokio::test(start_paused = true)]
async fn trap_17_a_dead_old_session_delays_no_login() {
    let (app, gate) = start(DuplicateLogin::Replace).await;
    let (mut dead, _) = login(&app, "dead").await;
    // It reads nothing any more, and its handler does not end.
    dead.notify("gate.hold", "").await;
    gate.log.reached("held").await;
    let begun = Instant::now();
    let (_new, answer) = login(&app, "new").await;
    assert_eq!((answer, begun.elapsed()), (json!({}), Duration::ZERO));
    // No order between two sessions: the old one ends when its handler does, after the new one's hooks.
    gate.log.reached("bound new: new").await;
    assert_eq!(gate.log.count("closed dead: new"), 0);
    gate.released.notify_waiters();
    gate.log.reached("closed dead: new").await;

    // One that was closed already, and is still being written to, is replaced in the same way.
    let (mut slow, _) = login(&app, "slow").await;
    slow.notify("gate.flood", "").await;
    gate.log.reached("closed slow: ").await;
    let begun = Instant::now();
    let (_newest, answer) = login(&app, "newest").await;
    assert_eq!((answer, begun.elapsed()), (json!({}), Duration::ZERO));
}

/// A session that is closing refuses nobody, whatever it still has to do.
#[tokio::test(start_paused = true)]
async fn trap_17_a_closing_session_refuses_no_login() {
    let (app, gate) = start(DuplicateLogin::Refuse).await;
    let (mut old, _) = login(&app, "old").await;
    let (_, answer) = login(&app, "early").await;
    assert_eq!(answer.pointer("/error/code"), Some(&json!("already_online")), "{answer}");
    old.notify("gate.hold", "").await;
    gate.log.reached("held").await;
    assert_eq!(app.server().user(7).kick("make room"), 1);
    let (_new, answer) = login(&app, "new").await;
    assert_eq!(answer, json!({}));
    gate.log.reached("bound new: new").await;
    gate.released.notify_waiters();
    gate.log.reached("closed old: new").await;
    assert_eq!(gate.log.count("bound early: old"), 0, "a session that was refused is not bound");
}

/// Binds that race with each other and with closes: one session is left, then none.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trap_17_binds_at_once_leave_one_session_and_no_entry() {
    let (app, _) = start(DuplicateLogin::Replace).await;
    for _ in 0..50 {
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let app = app.clone();
                tokio::spawn(async move {
                    if n % 4 == 3 {
                        let mut client = app.raw();
                        client.open().await;
                        client.notify("gate.login_and_leave", "").await;
                        return None;
                    }
                    Some(login(&app, "one of many").await)
                })
            })
            .collect();
        let mut clients = Vec::new();
        for task in tasks {
            clients.extend(in_time("a login", task).await.expect("no panic"));
        }
        assert!(clients.iter().all(|(_, answer)| *answer == json!({})), "every bind succeeds");
        // One that bound last may have been the one that left.
        assert!(app.server().user(7).sessions().len() <= 1);
        drop(clients);
        sessions(&app, 0).await;
    }
}

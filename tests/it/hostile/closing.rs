//! Sessions that end in many ways at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, CloseReason, ErrorKind, Group, Session, component};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Barrier, Mutex};
use tokio::time::Instant;

use super::{Scene, scene::in_time};

/// Hands sessions out to the test.
struct Lobby {
    sessions: UnboundedSender<Session>,
    members: Group,
}

#[component]
impl Lobby {
    #[handler]
    fn enter(&self, session: &Session) -> nano::Result<()> {
        self.members.add(session)?;
        // The test may be over.
        let _ = self.sessions.send(session.clone());
        Ok(())
    }

    #[handler]
    fn leave(&self, session: &Session) -> u32 {
        session.close();
        1
    }

    #[handler]
    async fn leave_later(&mut self, session: &Session) -> u32 {
        tokio::task::yield_now().await;
        session.kick("enough");
        session.close();
        2
    }
}

/// Another framework checked for a close and then closed: two closes at once closed a channel twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trap_06_closing_from_64_tasks_at_once() {
    let (sender, mut entered) = unbounded_channel();
    let members = Group::new();
    let lobby = Lobby { sessions: sender, members: members.clone() };
    let mut scene = Scene::of(App::new().component(lobby)).await;
    for round in 0..10 {
        let mut client = scene.player().await;
        client.notify("lobby.enter", "").await;
        let session = in_time("the session", entered.recv()).await.expect("the app is there");
        let barrier = Arc::new(Barrier::new(64));
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                let (session, barrier) = (session.clone(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    match task % 3 {
                        0 => session.close(),
                        1 => session.kick(format!("task {task}")),
                        _ => drop(session.push("onNews", &task)),
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("closing does not panic");
        }
        let reason = session.close_reason().expect("a closed session has a reason");
        assert_eq!(in_time("the end", scene.end()).await, reason);
        assert!(session.is_closed() && members.is_empty(), "round {round}");
        let refused = session.push("onNews", &1).expect_err("the session is closed");
        assert_eq!(refused.kind(), ErrorKind::Closed);
        match reason {
            CloseReason::Kicked(reason) => assert_eq!(client.kick_reason().await, &*reason),
            CloseReason::Closed => while client.packet().await.is_some() {},
            other => panic!("nobody else closes, but {other}"),
        }
        scene.is_served().await;
        scene.no_other_end();
    }
}

/// A close inside a handler that holds its component: order, answer and end.
#[tokio::test(start_paused = true)]
async fn trap_09_closing_inside_a_handler() {
    let (sender, _entered) = unbounded_channel();
    let lobby = Lobby { sessions: sender, members: Group::new() };
    let mut scene = Scene::of(App::new().component(lobby)).await;

    let mut client = scene.player().await;
    client.request(2, "lobby.leave", "").await;
    assert_eq!(client.message().await.json(), 1, "the running handler still answers");
    client.expect_closed().await;
    assert_eq!(scene.end().await, CloseReason::Closed);

    let mut client = scene.player().await;
    client.request(2, "lobby.leave_later", "").await;
    client.request(3, "lobby.leave_later", "").await;
    assert_eq!(client.message().await.json(), 2);
    assert_eq!(client.kick_reason().await, "enough", "the first reason stays");
    client.expect_closed().await;
    assert_eq!(scene.end().await, CloseReason::Kicked("enough".into()));
    scene.goes_on().await;
    scene.no_other_end();
}

/// In another framework the whole server hung for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_29_500_handlers_close_their_own_sessions_at_once() {
    let (sender, _entered) = unbounded_channel();
    let lobby = Lobby { sessions: sender, members: Group::new() };
    let mut scene = Scene::of(App::new().component(lobby)).await;
    let mut clients = Vec::new();
    for _ in 0..500 {
        clients.push(scene.player().await);
    }
    for (index, client) in clients.iter_mut().enumerate() {
        let route = if index % 2 == 0 { "lobby.leave" } else { "lobby.leave_later" };
        client.notify(route, "").await;
    }
    for _ in 0..500 {
        scene.end().await;
    }
    for mut client in clients {
        while client.packet().await.is_some() {}
    }
    scene.goes_on().await;
    scene.no_other_end();
}

#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

/// The component whose hook is the last to run.
struct First(Count);

#[component]
impl First {
    #[on(session_closed)]
    fn closed(&self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Second;

#[component]
impl Second {
    #[on(session_closed)]
    async fn closed(&self) {
        std::future::pending::<()>().await;
    }
}

struct Third;

#[component]
impl Third {
    #[on(session_closed)]
    fn closed(&self) {
        panic!("this hook panics")
    }

    #[on(session_opened)]
    async fn opened(&self) {
        std::future::pending::<()>().await;
    }
}

/// A hook that never ends affects neither the other components' hooks nor the session.
#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_or_panics_costs_no_other() {
    let limit = Duration::from_secs(5);
    let count = Count::default();
    let app = App::new()
        .component(First(count.clone()))
        .component(Second)
        .component(Third)
        .handler_timeout(limit);
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    let since = Instant::now();
    client.open().await;
    client.request(1, "nothing", "").await;
    assert_eq!(client.message().await.json()["error"]["code"], "not_found");
    assert_eq!(since.elapsed().as_secs(), 5, "the session is served after the hook's time");
    drop(client);
    app.shutdown().await;
    assert_eq!(count.0.load(Ordering::Relaxed), 1, "the last hook ran");
}

/// The session is closed while its handler waits for a component that another session holds.
#[tokio::test(start_paused = true)]
async fn a_close_while_the_component_is_held() {
    let (sender, mut entered) = unbounded_channel();
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.clone().lock_owned().await;
    let lobby = Lobby { sessions: sender, members: Group::new() };
    let mut scene = Scene::of(App::new().component(lobby).component(Holder { gate })).await;
    let mut holder = scene.player().await;
    holder.request(2, "holder.hold", "").await;
    let mut waiting = scene.player().await;
    waiting.request(2, "lobby.enter", "").await;
    assert_eq!(waiting.message().await.id, 2);
    waiting.request(3, "holder.hold", "").await;
    waiting.request(4, "holder.hold", "").await;
    scene.is_served().await;
    entered.recv().await.expect("the session").kick("out");
    // The client gets the kick after a grace period, although its handler still waits.
    assert_eq!(waiting.kick_reason().await, "out");
    waiting.expect_closed().await;
    scene.no_other_end();
    drop(closed);
    assert_eq!(holder.message().await.id, 2);
    assert_eq!(scene.end().await, CloseReason::Kicked("out".into()));
}

struct Holder {
    gate: Arc<Mutex<()>>,
}

#[component]
impl Holder {
    #[handler]
    async fn hold(&mut self) -> u32 {
        drop(self.gate.lock().await);
        1
    }
}

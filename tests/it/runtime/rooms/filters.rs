//! Filters of matchmaking, which look at sessions while these come and go.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nano::client::Client;
use nano::testing::TestApp;
use nano::{App, Handle, Json, LeaveReason, RoomType, Rooms, Server, Session, component};
use tokio::runtime::Handle as Runtime;
use tokio::sync::Notify;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::promises::support::{Log, in_time};

/// A table that lets a session in when it is told to.
#[derive(Clone, Default)]
struct Table {
    log: Log,
    asked: Arc<Notify>,
    answer: Arc<Notify>,
}

#[component(room)]
impl Table {
    #[on(enter)]
    async fn entered(&self) {
        self.asked.notify_one();
        self.answer.notified().await;
    }

    #[on(leave)]
    fn left(&self, reason: LeaveReason) {
        self.log.add(format!("{reason:?}"));
    }
}

/// Lets `session` enter a table in a thread of its own, up to the hook. A thread may wait for another for ever, which
/// the threads of the runtime must not.
async fn enter(table: Table, tables: &Rooms<Table>, session: &Session) -> Handle<Table> {
    let asked = table.asked.clone();
    let asked = asked.notified();
    let (handle, session) = (tables.open(table).expect("a table"), session.clone());
    let (entered, runtime) = (handle.clone(), Runtime::current());
    thread::spawn(move || drop(runtime.block_on(session.enter(&entered))));
    asked.await;
    handle
}

/// Looks for a table with a filter that runs `look` and takes none.
async fn find(tables: &Rooms<Table>, look: impl FnOnce() + Send + 'static) {
    let (tables, runtime) = (tables.clone(), Runtime::current());
    let (found, is_found) = oneshot::channel();
    thread::spawn(move || {
        let _entered = runtime.enter();
        let mut look = Some(look);
        let filter = |_: &_| {
            look.take().into_iter().for_each(|look| look());
            false
        };
        drop(tables.find_or_open(filter, Table::default));
        let _ = found.send(());
    });
    let found = timeout(Duration::from_secs(20), is_found).await;
    found.expect("the filter does not wait for the session for ever").expect("it has ended");
}

/// Waits for what other threads do, which wait for the caller after it.
fn wait_until(is_done: impl Fn() -> bool) {
    while !is_done() {
        thread::yield_now();
    }
}

/// A client, and its session.
async fn visit(app: &TestApp) -> (Client<Json>, Session) {
    let client = app.connect().await;
    let everyone = app.server().everyone();
    let session = in_time("the session opens", async {
        loop {
            match everyone.sessions().pop() {
                Some(session) => return session,
                None => tokio::task::yield_now().await,
            }
        }
    });
    (client, session.await)
}

async fn scene() -> (TestApp, Server, Rooms<Table>) {
    let app = TestApp::start(App::new().rooms(RoomType::<Table>::new())).await;
    let server = app.server().clone();
    let tables = server.rooms().expect("they are registered");
    (app, server, tables)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_looks_at_a_session_that_is_just_entering() {
    let (app, _, tables) = scene().await;
    let (_client, session) = visit(&app).await;
    let table = Table::default();
    let handle = enter(table.clone(), &tables, &session).await;
    let entering = session.clone();
    find(&tables, move || {
        table.answer.notify_one();
        // It is on its last step, which waits for the end of the filter.
        wait_until(|| entering.room::<Table>().is_some());
    })
    .await;
    // It is in when it can leave: the members know of it a moment before.
    in_time("the entry", async {
        while !session.leave::<Table>() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(handle.members().is_empty() && session.room::<Table>().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_on_its_last_step_in_leaves_once() {
    let (app, server, tables) = scene().await;
    let (_client, session) = visit(&app).await;
    let table = Table::default();
    let log = table.log.clone();
    let handle = enter(table.clone(), &tables, &session).await;
    let ending = session.clone();
    find(&tables, move || {
        table.answer.notify_one();
        wait_until(|| ending.room::<Table>().is_some());
        ending.close();
        // Entry and end both wait for the end of the filter.
        wait_until(|| server.sessions() == 0);
    })
    .await;
    log.reached("Disconnected").await;
    let info = || handle.info().expect("it is open");
    in_time("the entry", async {
        while info().members > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(handle.members().is_empty() && session.room::<Table>().is_none());
    assert_eq!(log.entries(), ["Disconnected"]);
}

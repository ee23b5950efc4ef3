//! Traps of rooms: entries that race their end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nano::testing::TestApp;
use nano::{App, Context, ErrorKind, Result, RoomType, Session, component};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::promises::support::in_time;

/// The numbers of calls of all rooms' hooks.
#[derive(Default)]
struct Calls {
    let_in: AtomicUsize,
    left: AtomicUsize,
    closed: AtomicUsize,
    late: AtomicUsize,
}

struct Table {
    calls: Arc<Calls>,
    is_over: bool,
}

impl Table {
    /// Notes a call after the last one.
    fn note(&self) {
        self.calls.late.fetch_add(usize::from(self.is_over), Ordering::Relaxed);
    }
}

#[component(room)]
impl Table {
    #[on(enter)]
    async fn entered(&mut self, refused: bool) -> Result<()> {
        tokio::task::yield_now().await;
        if refused {
            return Err(nano::Error::reject("no_seat", "not this time"));
        }
        self.calls.let_in.fetch_add(1, Ordering::Relaxed);
        self.note();
        Ok(())
    }

    #[on(leave)]
    async fn left(&mut self) {
        tokio::task::yield_now().await;
        self.calls.left.fetch_add(1, Ordering::Relaxed);
        self.note();
    }

    #[on(close)]
    fn closed(&mut self, ctx: &Context<Self>) {
        self.calls.closed.fetch_add(1, Ordering::Relaxed);
        self.note();
        self.is_over = true;
        assert!(ctx.members().is_empty(), "all have left");
    }
}

struct Hall(UnboundedSender<Session>);

#[component]
impl Hall {
    #[handler]
    fn visit(&self, session: &Session) -> Result<()> {
        self.0.send(session.clone()).map_err(nano::Error::internal)
    }
}

/// In another framework a session that joined while the room was being disposed of kept a room alive that nobody saw.
/// Here rooms of four close while 32 sessions enter and leave them, from several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trap_25_an_entry_that_races_the_close_makes_no_zombie() {
    const ROUNDS: usize = 200;
    let (sender, mut visitors) = unbounded_channel();
    let tables = RoomType::<Table>::new().max_members(4);
    let app = TestApp::start(App::new().component(Hall(sender)).rooms(tables)).await;
    let tables = app.server().rooms::<Table>().expect("they are registered");
    let (mut clients, mut sessions) = (Vec::new(), Vec::new());
    for _ in 0..32 {
        let client = app.connect().await;
        HallClient::new(&client).visit().await.expect("an answer");
        sessions.push(visitors.recv().await.expect("its session"));
        clients.push(client);
    }

    let calls = Arc::<Calls>::default();
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        let table = Table { calls: calls.clone(), is_over: false };
        let table = tables.open_named("the table", table).await.expect("the last one is gone");
        let mut entering = JoinSet::new();
        for (at, session) in sessions.iter().cloned().enumerate() {
            let table = table.clone();
            entering.spawn(async move {
                // Some come at once, and some when the room is closing.
                for _ in 0..(at * round) % 7 {
                    tokio::task::yield_now().await;
                }
                let outcome = match session.enter_with(&table, at % 8 == 0).await {
                    Ok(()) if at % 2 == 0 => {
                        session.leave::<Table>();
                        "left".to_owned()
                    }
                    Ok(()) => "entered".to_owned(),
                    Err(error) if error.kind() == ErrorKind::Rejected => "refused".to_owned(),
                    Err(error) => format!("{:?}", error.kind()),
                };
                if at == 20 {
                    table.close();
                }
                outcome
            });
        }
        for outcome in in_time("the entries", entering.join_all()).await {
            *outcomes.entry(outcome).or_default() += 1;
        }
        in_time("the end of the room", async {
            while !tables.is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert!(table.members().is_empty() && table.info().is_none());
        for session in &sessions {
            assert!(session.room::<Table>().is_none(), "round {round}: a zombie");
        }
    }
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    assert_eq!(count(&calls.let_in), count(&calls.left), "{outcomes:?}");
    assert_eq!((count(&calls.closed), count(&calls.late)), (ROUNDS, 0), "{outcomes:?}");
    let known = ["RoomClosed", "RoomFull", "entered", "left", "refused"];
    assert!(outcomes.keys().all(|outcome| known.contains(&outcome.as_str())), "{outcomes:?}");
    assert!(
        outcomes.contains_key("RoomClosed") && outcomes.contains_key("entered"),
        "{outcomes:?}"
    );
}

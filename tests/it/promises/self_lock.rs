//! Calls that would wait for themselves are refused, and others are not.

mod by_hand;
mod own_room;
mod rooms;

use std::sync::Arc;

use nano::testing::{RawClient, TestApp};
use nano::{App, Context, ErrorKind, Handle, Result, component};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::support::{Log, Logged, code_of, in_time};

/// A component whose handlers take `&mut self`, and which reaches itself in all ways.
#[derive(Clone, Default)]
struct Table {
    moves: u32,
    log: Log,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Gate {
    async fn pass(&self) {
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }
}

/// Works for the table without knowing who has it.
struct Referee {
    table: Handle<Table>,
    judge: Handle<Judge>,
}

impl Referee {
    async fn whistle(&self) -> Result<u32> {
        self.judge.call(|judge| judge.whistles += 1).await?;
        self.table.call(|table| table.moves).await
    }
}

#[component]
impl Table {
    #[handler]
    async fn direct(&mut self, ctx: &Context<Self>) -> Result<u32> {
        ctx.handle().call(|table| table.moves).await
    }

    #[handler]
    async fn around(&mut self, ctx: &Context<Self>) -> Result<u32> {
        Referee { table: ctx.handle(), judge: ctx.component()? }.whistle().await
    }

    #[handler]
    async fn reader(&self, ctx: &Context<Self>) -> Result<u32> {
        ctx.handle().call(|table| table.moves).await
    }

    #[handler]
    async fn selected(&mut self, ctx: &Context<Self>) -> Result<bool> {
        let handle = ctx.handle();
        tokio::select! {
            refused = handle.call(|_| ()) => Ok(refused.is_err()),
            () = std::future::pending() => Ok(false),
        }
    }

    #[handler]
    async fn spawned(&mut self, ctx: &Context<Self>) {
        let (handle, log) = (ctx.handle(), self.log.clone());
        tokio::spawn(async move {
            let moves = handle.call(|table| table.moves).await;
            log.add(format!("spawned: {}", moves.is_ok()));
        });
        // The task waits, and this call still has the table.
        tokio::task::yield_now().await;
        self.moves += 1;
    }

    #[handler]
    async fn timed(&mut self, ctx: &Context<Self>) {
        ctx.after(std::time::Duration::ZERO, |table| table.log.add("timed"));
        tokio::task::yield_now().await;
    }

    #[handler]
    async fn hold(&mut self) {
        self.log.add("held");
        self.gate.pass().await;
    }

    #[handler]
    fn step(&mut self) -> u32 {
        self.moves += 1;
        self.moves
    }

    #[handler]
    async fn wait(&mut self) -> u32 {
        self.moves
    }

    #[on(session_opened)]
    async fn opened(&mut self, ctx: &Context<Self>) -> Result<()> {
        ctx.handle().call(|_| ()).await
    }
}

#[derive(Default)]
struct Judge {
    whistles: u32,
}

#[component]
impl Judge {
    /// Has nothing of the table's, and asks it twice at a time.
    #[handler]
    async fn watch(&mut self, ctx: &Context<Self>) -> Result<u32> {
        let table = ctx.component::<Table>()?;
        let (one, other) = tokio::join!(table.call(|t| t.moves), table.call(|t| t.moves));
        self.whistles += 1;
        Ok(one? + other?)
    }
}

/// Has no `&mut self`, so that nobody ever waits for it.
struct Open;

#[component]
impl Open {
    #[handler]
    async fn direct(&self, ctx: &Context<Self>) -> Result<u8> {
        ctx.handle().call(|_| 7).await
    }
}

async fn start(table: &Table) -> TestApp {
    let app = App::new().component(table.clone()).component(Judge::default()).component(Open);
    TestApp::start(app).await
}

async fn ask(client: &mut RawClient, id: u64, route: &str) -> Value {
    client.request(id, route, "").await;
    client.message().await.json()
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_call_that_would_wait_for_itself_is_told_so_at_once() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = start(&Table::default()).await;
    let mut client = app.raw();
    let began = tokio::time::Instant::now();
    client.open().await;
    for (id, route) in [(1, "table.direct"), (2, "table.around"), (3, "table.reader")] {
        assert_eq!(code_of(&ask(&mut client, id, route).await), "internal", "{route}");
    }
    assert_eq!(ask(&mut client, 4, "table.selected").await, true);
    assert_eq!(ask(&mut client, 5, "table.step").await, 1, "the table is free");
    assert!(began.elapsed().as_millis() < 100, "nothing waited");

    let line = |route: &str| {
        format!(
            "message=a call waits for a component that its own handler has waiting=\"{route}\" \
             holder=\"{route}\""
        )
    };
    // The hook of the session comes first; the others are of the same second.
    assert_eq!(logged.of("ERROR")[0], line("table.opened"));
    for route in ["table.direct", "table.around", "table.reader", "table.selected"] {
        assert!(logged.of("DEBUG").contains(&line(route)), "{route}");
    }
    let told = "`table.opened` would wait for itself: `table.opened`, which waits for it, has the component";
    assert!(logged.of("ERROR").iter().any(|line| line.contains(told)), "{:?}", logged.of("ERROR"));
}

#[tokio::test]
async fn promise_2_an_app_whose_init_hook_waits_for_itself_does_not_start() {
    struct Odd(u8);
    #[component]
    impl Odd {
        #[on(init)]
        async fn init(&mut self, ctx: &Context<Self>) -> Result<()> {
            ctx.handle().call(|odd| odd.0 += 1).await
        }
    }
    let start = App::new().component(Odd(0)).start();
    let error = in_time("the end of the start", start).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::SelfLock);
    assert_eq!(error.to_string(), "the hook `odd.init` failed");
}

#[tokio::test(start_paused = true)]
async fn promise_2_calls_that_only_wait_for_others_are_let_in() {
    let table = Table::default();
    let app = start(&table).await;
    let (mut one, mut two) = (app.raw(), app.raw());
    one.open().await;
    two.open().await;
    assert_eq!(ask(&mut one, 1, "open.direct").await, 7);

    // A task that the handler spawned, and a timer, wait until the handler has ended.
    ask(&mut one, 2, "table.spawned").await;
    table.log.reached("spawned: true").await;
    ask(&mut one, 3, "table.timed").await;
    table.log.reached("timed").await;

    // Another session, and another component with two calls at a time, wait for a handler that keeps the table.
    one.request(4, "table.hold", "").await;
    table.log.reached("held").await;
    two.request(1, "judge.watch", "").await;
    let mut three = app.raw();
    three.handshake(serde_json::json!({})).await;
    three.ack().await;
    three.request(1, "table.wait", "").await;
    tokio::task::yield_now().await;
    table.gate.0.add_permits(1);
    assert_eq!(one.message().await.id, 4);
    assert_eq!(two.message().await.json(), 2, "one move, seen twice");
    assert_eq!(three.message().await.json(), 1);
}

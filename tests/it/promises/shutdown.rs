//! Promise 6: the shutdown of an app, step by step.

mod ends;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Context, Reply, Result, Session, component};
use serde_json::json;
use tokio::sync::Semaphore;

use super::support::{Log, code_of, in_time};

#[derive(Clone)]
struct First {
    log: Log,
    gate: Arc<Semaphore>,
    /// `true` if the `before_shutdown` hook waits for the gate.
    slow: Arc<AtomicBool>,
}

impl Default for First {
    fn default() -> Self {
        let gate = Arc::new(Semaphore::new(0));
        Self { log: Log::default(), gate, slow: Arc::default() }
    }
}

impl First {
    async fn pass(&self) {
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
    }
}

#[component]
impl First {
    #[handler]
    async fn wait(&self, number: u32) -> u32 {
        self.log.add("first.wait starts");
        self.pass().await;
        self.log.add("first.wait ends");
        number
    }

    #[handler(concurrent)]
    async fn wait_aside(&self, number: u32) -> u32 {
        self.log.add("first.wait_aside starts");
        self.pass().await;
        self.log.add("first.wait_aside ends");
        number
    }

    #[handler]
    fn later(&self, reply: Reply<u32>) {
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            reply.send(1);
        });
    }

    #[handler]
    fn note(&self, number: u32) -> u32 {
        self.log.add(format!("first.note {number}"));
        number
    }

    #[on(init)]
    fn init(&self) {
        self.log.add("first.init");
    }

    #[on(after_init)]
    async fn after_init(&self, ctx: &Context<Self>) {
        self.log.add("first.after_init");
        let log = self.log.clone();
        ctx.after(Duration::from_secs(3600), move |_| log.add("the timer runs"));
    }

    #[on(session_opened)]
    fn opened(&self) {
        self.log.add("first.opened");
    }

    #[on(session_bound)]
    fn bound(&self) {
        self.log.add("first.bound");
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.log.add("first.closed");
    }

    #[on(before_shutdown)]
    async fn before_shutdown(&self) {
        self.log.add("first.before_shutdown");
        if self.slow.load(SeqCst) {
            self.pass().await;
        }
    }

    #[on(shutdown)]
    fn shutdown(&self) {
        self.log.add("first.shutdown");
    }
}

struct Second(Log);

#[component]
impl Second {
    #[handler]
    async fn bind(&mut self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await?;
        self.0.add("second.bind");
        Ok(())
    }

    #[on(init)]
    async fn init(&mut self) {
        tokio::task::yield_now().await;
        self.0.add("second.init");
    }

    #[on(after_init)]
    fn after_init(&self) {
        self.0.add("second.after_init");
    }

    #[on(session_opened)]
    async fn opened(&mut self) {
        self.0.add("second.opened");
    }

    #[on(session_bound)]
    async fn bound(&mut self) {
        tokio::task::yield_now().await;
        self.0.add("second.bound");
    }

    #[on(session_closed)]
    async fn closed(&mut self) {
        tokio::task::yield_now().await;
        self.0.add("second.closed");
    }

    #[on(before_shutdown)]
    fn before_shutdown(&self) {
        self.0.add("second.before_shutdown");
    }

    #[on(shutdown)]
    async fn shutdown(&mut self) -> Result<()> {
        tokio::task::yield_now().await;
        self.0.add("second.shutdown");
        Err(nano::Error::internal("a failing hook stops nothing"))
    }
}

async fn start() -> (TestApp, First, RawClient) {
    let first = First::default();
    let app = App::new().component(first.clone()).component(Second(first.log.clone()));
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    client.open_as(json!({ "sys": { "features": [] } })).await;
    first.log.reached("second.opened").await;
    (app, first, client)
}

/// Begins the shutdown in a task, and waits until it has begun.
async fn begin(app: &TestApp) -> tokio::task::JoinHandle<()> {
    let ending = app.clone();
    let task = tokio::spawn(async move { ending.shutdown().await });
    in_time("the beginning of the shutdown", app.server().stopping()).await;
    task
}

const STARTED: [&str; 4] = ["first.init", "second.init", "first.after_init", "second.after_init"];

#[tokio::test(start_paused = true)]
async fn promise_6_everything_in_order() {
    let (app, first, mut client) = start().await;
    client.request(1, "second.bind", "7").await;
    assert_eq!(client.message().await.id, 1);
    client.request(2, "first.wait", "2").await;
    first.log.reached("first.wait starts").await;
    client.request(3, "first.note", "3").await;
    client.request(4, "first.note", "4").await;
    client.notify("first.note", "5").await;
    let ending = begin(&app).await;
    first.log.reached("first.before_shutdown").await;
    // Longer than the grace of a session that is closed for another reason.
    let early = tokio::time::timeout(Duration::from_secs(5), client.packet()).await;
    assert!(early.is_err(), "nothing is said while the handler runs, got {early:?}");
    first.gate.add_permits(1);
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (2, 2.into()));
    for id in [3, 4] {
        let reply = client.message().await;
        assert_eq!((reply.id, code_of(&reply.json())), (id, "shutdown"));
    }
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
    drop(client);
    in_time("the end", ending).await.expect("the shutdown does not panic");
    let mut expected = STARTED.to_vec();
    expected.extend([
        "first.opened",
        "second.opened",
        "second.bind",
        "first.bound",
        "second.bound",
        "first.wait starts",
        "second.before_shutdown",
        "first.before_shutdown",
        "first.wait ends",
        "second.closed",
        "first.closed",
        "second.shutdown",
        "first.shutdown",
    ]);
    assert_eq!(first.log.entries(), expected);
}

#[tokio::test(start_paused = true)]
async fn promise_6_handlers_beyond_the_grace_period_are_cut_off_and_answered() {
    let (app, first, mut client) = start().await;
    client.request(1, "first.wait_aside", "1").await;
    client.request(2, "first.later", "").await;
    client.request(3, "first.wait", "3").await;
    first.log.reached("first.wait starts").await;
    let begun = tokio::time::Instant::now();
    let ending = begin(&app).await;
    let mut answered = Vec::new();
    // Longer than one wait for a message.
    tokio::time::sleep(Duration::from_secs(9)).await;
    for _ in 0..3 {
        let reply = client.message().await;
        assert_eq!(code_of(&reply.json()), "shutdown", "{}", reply.id);
        answered.push(reply.id);
    }
    answered.sort_unstable();
    assert_eq!(answered, [1, 2, 3]);
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
    drop(client);
    in_time("the end", ending).await.expect("the shutdown does not panic");
    let took = begun.elapsed();
    assert!((10..12).contains(&took.as_secs()), "the grace period is 10 s, took {took:?}");
    for ended in ["first.wait ends", "first.wait_aside ends", "the timer runs"] {
        assert_eq!(first.log.count(ended), 0, "{ended}");
    }
    for hook in ["first.closed", "second.closed", "first.shutdown", "second.shutdown"] {
        assert_eq!(first.log.count(hook), 1, "{hook}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_replies_that_are_still_owed_are_answered() {
    let (app, _first, mut client) = start().await;
    client.request(1, "first.later", "").await;
    client.request(2, "first.note", "2").await;
    assert_eq!(client.message().await.id, 2);
    let ending = begin(&app).await;
    let reply = client.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (1, "shutdown"));
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
    drop(client);
    in_time("the end", ending).await.expect("the shutdown does not panic");
}

#[tokio::test]
async fn promise_6_twice_and_at_once_is_harmless() {
    let (app, first, client) = start().await;
    drop(client);
    let all = async {
        tokio::join!(
            app.shutdown(),
            app.shutdown(),
            app.server().stopped(),
            app.server().stopping()
        )
    };
    in_time("the end", all).await;
    in_time("the end again", app.shutdown()).await;
    for hook in ["first.before_shutdown", "first.shutdown", "second.shutdown", "first.closed"] {
        assert_eq!(first.log.count(hook), 1, "{hook}");
    }
}

#[tokio::test]
async fn promise_6_it_goes_on_when_its_caller_stops_waiting() {
    let (app, first, _client) = start().await;
    first.slow.store(true, SeqCst);
    {
        let mut shutdown = Box::pin(app.shutdown());
        tokio::select! {
            biased;
            () = &mut shutdown => panic!("expected a shutdown that waits for its hook"),
            () = first.log.reached("first.before_shutdown") => {}
        }
    }
    first.gate.add_permits(1);
    in_time("the end", app.server().stopped()).await;
    assert_eq!(first.log.count("first.shutdown"), 1);
}

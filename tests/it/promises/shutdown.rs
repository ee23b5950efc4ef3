//! Promise 6: the end of an app, in order.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use nano::client::Client;
use nano::testing::{RawClient, TestApp};
use nano::{App, Context, ErrorKind, Reply, Result, Session, Tcp, WebSocket, component};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::support::{Log, code_of, in_time, sessions};

#[derive(Clone)]
struct First {
    log: Log,
    gate: Arc<Semaphore>,
    /// Whether the `before_shutdown` hook waits for the gate.
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
        session.bind(uid)?;
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
    client.open().await;
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
    // Longer than a session that is closed for another reason has.
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

#[tokio::test]
async fn promise_6_no_connection_is_accepted_and_the_ports_are_free() {
    let first = First::default();
    first.slow.store(true, SeqCst);
    let app = App::new().component(first.clone());
    let app = app.listen(Tcp::bind("127.0.0.1:0")).listen(WebSocket::bind("127.0.0.1:0").path("/"));
    let app = TestApp::start(app).await;
    let addresses = app.server().addresses().to_vec();
    let old = Client::connect(&format!("tcp://{}", addresses[0])).await.expect("a connection");
    let ending = begin(&app).await;
    first.log.reached("first.before_shutdown").await;
    // Sessions are there until the hook has run; new ones do not come in.
    assert_eq!(old.request::<_, u32>("first.note", &1).await.expect("a reply"), 1);
    let mut stranger = app.raw();
    assert!(stranger.try_send([1, 0, 0, 0]).await.is_err() || stranger.packet().await.is_none());
    for address in &addresses {
        let refused = async {
            while TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        in_time("a port that is closed", refused).await;
    }
    assert_eq!(app.server().sessions(), 1);
    first.gate.add_permits(1);
    in_time("the end", ending).await.expect("the shutdown does not panic");
    old.closed().await;
    for address in addresses {
        assert!(TcpListener::bind(address).await.is_ok(), "{address} is free again");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_hook_that_hangs_or_panics_does_not_stop_the_end() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("a value panics while it is dropped");
        }
    }

    struct Stuck;
    #[component]
    impl Stuck {
        #[on(before_shutdown)]
        async fn before_shutdown(&mut self) {
            let _value = PanicsOnDrop;
            std::future::pending::<()>().await;
        }

        #[on(shutdown)]
        fn shutdown(&self) {
            panic!("a hook panics");
        }
    }

    let first = First::default();
    let app = App::new().component(first.clone()).component(Stuck);
    let app = TestApp::start(app.shutdown_grace(Duration::from_secs(2))).await;
    in_time("the end", app.shutdown()).await;
    assert_eq!(first.log.count("first.before_shutdown"), 1);
    assert_eq!(first.log.count("first.shutdown"), 1);
}

#[tokio::test]
async fn promise_6_dropping_the_last_server_closes_the_sessions_without_the_hooks_of_the_end() {
    let (app, first, mut client) = start().await;
    sessions(&app, 1).await;
    drop(app);
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
    drop(client);
    first.log.reached("first.closed").await;
    assert_eq!(first.log.count("first.shutdown") + first.log.count("first.before_shutdown"), 0);
}

#[tokio::test]
async fn promise_6_handles_say_that_the_app_has_ended() {
    let (app, _first, client) = start().await;
    drop(client);
    let handle = app.server().component::<Second>().expect("a component");
    assert!(handle.call(|_| ()).await.is_ok());
    app.shutdown().await;
    drop(app);
    let gone = async {
        loop {
            match handle.call(|_| ()).await {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => return error.kind(),
            }
        }
    };
    assert_eq!(in_time("an end of the core", gone).await, ErrorKind::Closed);
}

#[tokio::test]
async fn promise_6_a_client_that_connects_to_a_closed_port_is_refused() -> io::Result<()> {
    let app = TestApp::start(App::new().listen(Tcp::bind("127.0.0.1:0"))).await;
    let address = app.server().addresses()[0];
    app.shutdown().await;
    let refused = TcpStream::connect(address).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    Ok(())
}

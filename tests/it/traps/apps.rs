//! Traps of apps: their start, their end, and several in one process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, ErrorKind, Group, Result, Session, Tcp, component};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<&'static str>>>);

impl Diary {
    fn note(&self, line: &'static str) {
        self.0.lock().expect("no panic").push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.lock().expect("no panic").clone()
    }
}

#[derive(Clone, Default)]
struct Counter {
    count: u32,
    everybody: Group,
    diary: Diary,
}

#[component]
impl Counter {
    #[handler]
    fn count(&mut self, session: &Session) -> Result<(u32, usize)> {
        self.everybody.add(session)?;
        self.count += 1;
        Ok((self.count, self.everybody.len()))
    }

    #[handler]
    async fn save(&mut self) -> u32 {
        sleep(Duration::from_secs(2)).await;
        self.diary.note("handler");
        self.count
    }

    #[on(before_shutdown)]
    async fn before(&self) {
        sleep(Duration::from_secs(1)).await;
        self.diary.note("before_shutdown");
    }

    #[on(session_closed)]
    async fn closed(&mut self) {
        sleep(Duration::from_secs(1)).await;
        self.diary.note("session_closed");
    }

    #[on(shutdown)]
    async fn end(&mut self) {
        sleep(Duration::from_secs(3)).await;
        self.diary.note("shutdown");
    }
}

/// In another framework a second app in the process never scheduled anything, and a second shutdown panicked.
#[tokio::test(start_paused = true)]
async fn trap_20_two_apps_in_one_process() -> Result<()> {
    let one = TestApp::start(App::new().component(Counter::default())).await;
    let two = TestApp::start(App::new().component(Counter::default())).await;
    let (alice, bob) = (one.connect().await, two.connect().await);
    for round in 1..=3 {
        assert_eq!(alice.request::<_, (u32, usize)>("counter.count", &()).await?, (round, 1));
    }
    assert_eq!(bob.request::<_, (u32, usize)>("counter.count", &()).await?, (1, 1));
    assert_eq!((one.server().sessions(), two.server().sessions()), (1, 1));

    tokio::join!(one.shutdown(), one.shutdown());
    one.shutdown().await;
    assert!(alice.is_closed());
    assert_eq!(bob.request::<_, (u32, usize)>("counter.count", &()).await?, (2, 1));
    assert!(one.pipe_is_closed().await, "the first app serves nobody");
    Ok(())
}

/// A check that a new connection is closed without any packet.
trait Refuses {
    async fn pipe_is_closed(&self) -> bool;
}

impl Refuses for TestApp {
    async fn pipe_is_closed(&self) -> bool {
        self.raw().packet().await.is_none()
    }
}

/// A group belongs to one app: a broadcast is written with one serializer and one dictionary.
#[tokio::test(start_paused = true)]
async fn trap_20_a_group_does_not_mix_apps() -> Result<()> {
    let counter = Counter::default();
    let one = TestApp::start(App::new().component(counter.clone())).await;
    let two = TestApp::start(App::new().component(counter)).await;
    let (alice, bob) = (one.connect().await, two.connect().await);
    assert_eq!(alice.request::<_, (u32, usize)>("counter.count", &()).await?, (1, 1));
    let refused = bob.request::<_, (u32, usize)>("counter.count", &()).await;
    assert_eq!(refused.expect_err("another app's group").code(), Some("internal"));
    Ok(())
}

/// The app ends with its last handle: its port is free, its sessions are closed.
#[tokio::test]
async fn trap_20_dropping_an_app_without_shutdown() {
    let diary = Diary::default();
    let counter = Counter { diary: diary.clone(), ..Counter::default() };
    let app = App::new().component(counter).listen(Tcp::bind("127.0.0.1:0"));
    let app = TestApp::start(app).await;
    let address = app.server().addresses()[0];
    let client = app.connect().await;
    drop(app);
    let kicked = nano::client::CloseReason::Kicked { reason: "shutdown".to_owned() };
    assert_eq!(client.closed().await, kicked);
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).await.is_ok() {
        assert!(Instant::now() < deadline, "the port is still open");
        tokio::task::yield_now().await;
    }
    assert!(!diary.lines().contains(&"shutdown"), "nobody waits for these hooks");
}

/// In another framework the process ended before everything was saved.
#[tokio::test(start_paused = true)]
async fn trap_25_the_shutdown_waits_for_all_that_saves() {
    let diary = Diary::default();
    let counter = Counter { diary: diary.clone(), ..Counter::default() };
    let app = TestApp::start(App::new().component(counter)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "counter.save", "").await;
    client.request(2, "counter.save", "").await;
    client.request(3, "counter.save", "").await;
    sleep(Duration::from_millis(10)).await;
    app.shutdown().await;
    let lines = ["handler", "before_shutdown", "handler", "session_closed", "shutdown"];
    assert_eq!(diary.lines(), lines);
    // Calls that had begun have answered; the others got the error `shutdown`.
    for id in [1, 2] {
        let reply = client.message().await;
        assert_eq!((reply.id, reply.json()), (id, 0.into()));
    }
    let reply = client.message().await;
    assert_eq!((reply.id, &reply.json()["error"]["code"]), (3, &"shutdown".into()));
    client.expect_closed().await;
}

/// In another framework a second handler of one name replaced the first.
#[tokio::test]
async fn trap_19_two_handlers_of_one_route_are_reported() {
    struct Other;

    #[component(name = "counter")]
    impl Other {
        #[handler(name = "count")]
        fn add(&self) -> u32 {
            0
        }
    }

    let app = App::new().component(Counter::default()).component(Other);
    let error = app.start().await.expect_err("two handlers of one route");
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(text.contains("route `counter.count` has two handlers"), "{text}");
    assert!(text.contains("Other") && text.contains("apps::Counter"), "{text}");
}

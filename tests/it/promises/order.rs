//! Promise 1: one session's messages in order, sessions in parallel, the borrow as the scheduler.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use nano::codec::MessageKind;
use nano::testing::TestApp;
use nano::{App, component};
use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, yield_now};
use tokio::time::Instant;

use super::support::{code_of, in_time};

const SESSIONS: u64 = 200;
const REQUESTS: u64 = 500;

/// A probe that counts the handlers inside the component.
#[derive(Default)]
struct Probe {
    exclusive: AtomicUsize,
    shared: AtomicUsize,
    shared_peak: AtomicUsize,
    overlaps: AtomicUsize,
    threads: Mutex<HashSet<ThreadId>>,
}

impl Probe {
    fn expect(&self, nobody: bool) {
        self.overlaps.fetch_add(usize::from(!nobody), SeqCst);
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).insert(thread::current().id());
    }
}

struct Ledger {
    probe: Arc<Probe>,
    total: u64,
}

#[component]
impl Ledger {
    #[handler]
    async fn write(&mut self, request: (u64, u8)) -> u64 {
        let before = self.total;
        let alone = self.probe.exclusive.fetch_add(1, SeqCst) == 0;
        self.probe.expect(alone && self.probe.shared.load(SeqCst) == 0);
        yields(request.1).await;
        self.total = before + 1;
        self.probe.expect(self.probe.shared.load(SeqCst) == 0);
        self.probe.exclusive.fetch_sub(1, SeqCst);
        request.0
    }

    #[handler]
    async fn read(&self, request: (u64, u8)) -> u64 {
        let inside = self.probe.shared.fetch_add(1, SeqCst) + 1;
        self.probe.shared_peak.fetch_max(inside, SeqCst);
        self.probe.expect(self.probe.exclusive.load(SeqCst) == 0);
        yields(request.1).await;
        self.probe.expect(self.probe.exclusive.load(SeqCst) == 0);
        self.probe.shared.fetch_sub(1, SeqCst);
        request.0
    }

    #[handler]
    fn write_at_once(&mut self, request: (u64, u8)) -> u64 {
        let others = self.probe.exclusive.load(SeqCst) + self.probe.shared.load(SeqCst);
        self.probe.expect(others == 0);
        self.total += 1;
        request.0
    }

    #[handler]
    fn read_at_once(&self, request: (u64, u8)) -> u64 {
        self.probe.expect(self.probe.exclusive.load(SeqCst) == 0);
        request.0
    }

    #[handler]
    fn total(&self) -> u64 {
        self.total
    }
}

async fn yields(times: u8) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// A small generator of numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promise_1_order_of_every_session_while_exclusive_handlers_never_overlap() {
    order_of_every_session(App::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promise_1_order_of_every_session_on_threads_of_the_app() {
    order_of_every_session(App::new().threads(3)).await;
}

async fn order_of_every_session(app: App) {
    let probe = Arc::new(Probe::default());
    let app = TestApp::start(app.component(Ledger { probe: probe.clone(), total: 0 })).await;
    let mut clients = JoinSet::new();
    for session in 0..SESSIONS {
        let mut client = app.raw();
        clients.spawn(async move {
            client.open().await;
            let mut dice = Dice(session);
            let mut writes = 0;
            for id in 1..=REQUESTS {
                let (route, write) = match dice.roll(8) {
                    0 | 1 => ("ledger.write", 1),
                    2 => ("ledger.write_at_once", 1),
                    3..=6 => ("ledger.read", 0),
                    _ => ("ledger.read_at_once", 0),
                };
                writes += write;
                client.request(id, route, json!([id, dice.roll(4)]).to_string()).await;
            }
            for id in 1..=REQUESTS {
                // It has a deadline. All together have none: they take long on a machine with much else to do.
                let reply = client.message().await;
                assert_eq!((reply.kind, reply.id), (MessageKind::Response, id));
                assert_eq!(reply.json(), id, "a reply belongs to its own request");
            }
            writes
        });
    }
    let writes: u64 = clients.join_all().await.into_iter().sum();
    let mut client = app.raw();
    client.open().await;
    client.request(1, "ledger.total", "").await;
    assert_eq!(client.message().await.json(), writes, "no write was lost");
    assert_eq!(probe.overlaps.load(SeqCst), 0, "`&mut self` runs alone");
    assert!(probe.shared_peak.load(SeqCst) > 1, "`&self` runs beside `&self`");
    let threads = probe.threads.lock().unwrap_or_else(PoisonError::into_inner).len();
    assert!(threads > 1, "sessions run in parallel, got {threads} thread");
    app.shutdown().await;
}

struct Meeting(Barrier);

#[component]
impl Meeting {
    #[handler]
    async fn meet(&self) -> bool {
        self.0.wait().await;
        true
    }

    #[handler]
    fn locked(&mut self) {}
}

#[tokio::test]
async fn promise_1_shared_handlers_of_one_component_overlap() {
    let app = TestApp::start(App::new().component(Meeting(Barrier::new(2)))).await;
    let (one, two) = (app.connect().await, app.connect().await);
    // Neither returns before both are inside.
    let both = async {
        tokio::join!(
            one.request::<_, bool>("meeting.meet", &()),
            two.request::<_, bool>("meeting.meet", &()),
        )
    };
    let (one, two) = in_time("both handlers inside", both).await;
    assert!(one.expect("a reply") && two.expect("a reply"));
}

struct Hall;

#[component]
impl Hall {
    #[handler]
    async fn hang(&self) {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn promise_1_one_session_has_one_handler_at_a_time() {
    let app = App::new().handler_timeout(Duration::from_secs(5));
    let app = TestApp::start(app.component(Hall)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "hall.hang", "").await;
    client.request(2, "hall.hang", "").await;
    for id in [1, 2] {
        let started = Instant::now();
        let reply = client.message().await;
        assert_eq!((reply.id, code_of(&reply.json())), (id, "timeout"));
        let waited = started.elapsed().as_millis();
        assert!((4_900..=5_300).contains(&waited), "each has 5 s of its own, took {waited} ms");
    }
}

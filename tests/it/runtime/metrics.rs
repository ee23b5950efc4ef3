//! The metrics of an app, as its recorder is told them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Error, Group, Reply, Result, Session, component};
use tokio::sync::Notify;

#[derive(Default)]
struct Hall {
    free: Arc<Notify>,
    members: Group,
}

#[component]
impl Hall {
    #[handler]
    fn say(&self, text: String) -> String {
        text
    }

    #[handler]
    fn refuse(&self) -> Result<()> {
        Err(Error::reject("any_code", "a code of the application's"))
    }

    #[handler(rate = "1/h")]
    fn rare(&self) {}

    #[handler]
    async fn panic(&self) {
        panic!("a handler panics");
    }

    #[handler]
    async fn stuck(&self) {
        std::future::pending::<()>().await;
    }

    #[handler]
    fn later(&self, reply: Reply<()>) {
        reply.send(());
    }

    #[handler]
    async fn hold(&mut self) {
        self.free.notified().await;
    }

    #[handler]
    fn join(&self, session: &Session) -> Result<()> {
        self.members.add(session)
    }

    #[handler]
    async fn flood(&self) -> Result<()> {
        while !self.members.is_empty() {
            self.members.broadcast("onFlood", &"x".repeat(40_000))?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// The metrics that a recorder was told, by name and labels. A histogram has the sum of its values in milliseconds.
fn told(snapshotter: &Snapshotter) -> BTreeMap<String, i64> {
    let all = snapshotter.snapshot().into_vec().into_iter();
    let told = all.map(|(key, _, _, value)| {
        let key = key.key();
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        let value = match value {
            DebugValue::Counter(count) => count as i64,
            DebugValue::Gauge(level) => level.0 as i64,
            DebugValue::Histogram(times) => times.iter().map(|time| (time.0 * 1e3) as i64).sum(),
        };
        (format!("{} {}", key.name(), labels.join(" ")), value)
    });
    told.filter(|(_, value)| *value != 0).collect()
}

/// Checks the values of some metrics; 0 stands for one that was not told.
#[track_caller]
fn check<const N: usize>(told: &BTreeMap<String, i64>, expected: [(&str, i64); N]) {
    let found = expected.map(|(name, _)| (name, told.get(name).copied().unwrap_or(0)));
    assert_eq!(found, expected, "{told:#?}");
}

fn recorded(app: App) -> (App, Snapshotter) {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    (app.metrics(recorder), snapshotter)
}

async fn open(app: &TestApp) -> RawClient {
    let mut client = app.raw();
    client.open().await;
    client
}

#[tokio::test(start_paused = true)]
async fn messages_are_counted_by_route_and_outcome_and_handlers_are_timed() {
    let app = App::new().component(Hall::default()).handler_timeout(Duration::from_secs(5));
    let (app, snapshotter) = recorded(app);
    let app = TestApp::start(app).await;
    let mut client = open(&app).await;
    for (route, body) in [
        ("hall.say", "\"a\""),
        ("hall.say", "\"b\""),
        ("hall.say", "1"),
        ("hall.refuse", "null"),
        ("hall.rare", "null"),
        ("hall.rare", "null"),
        ("hall.panic", "null"),
        ("hall.stuck", "null"),
        ("hall.later", "null"),
        ("hall.nobody", "null"),
        ("made.up", "null"),
    ] {
        client.request(1, route, body).await;
        client.message().await;
    }
    // A notify that panics is not answered, and counted all the same.
    client.notify("hall.panic", "null").await;
    client.request(1, "hall.say", "\"c\"").await;
    client.message().await;

    let told = told(&snapshotter);
    let of = |name: &str| -> Vec<(String, i64)> {
        let found = told.iter().filter_map(|(key, value)| {
            Some((key.strip_prefix(name)?.strip_prefix(' ')?.to_owned(), *value))
        });
        found.collect()
    };
    let expected = [
        ("(unknown) not_found", 2),
        ("hall.later deferred", 1),
        ("hall.panic panicked", 2),
        ("hall.rare ok", 1),
        ("hall.rare rate_limited", 1),
        ("hall.refuse rejected", 1),
        ("hall.say bad_request", 1),
        ("hall.say ok", 3),
        ("hall.stuck timeout", 1),
    ];
    let expected = expected.map(|(labels, count)| (labels.to_owned(), count));
    assert_eq!(of("nano_messages_total"), expected);
    assert_eq!(of("nano_handler_seconds"), [("hall.stuck".to_owned(), 5000)]);
    let faults = [("call_late", 1), ("call_panicked", 2), ("rate_exceeded", 1)];
    assert_eq!(of("nano_faults_total"), faults.map(|(kind, count)| (kind.to_owned(), count)));
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_component_is_told_and_connections_are_counted_until_their_end() {
    let hall = Hall::default();
    let free = hall.free.clone();
    let (app, snapshotter) = recorded(App::new().component(hall));
    let app = TestApp::start(app).await;
    let (mut holder, mut waiter) = (open(&app).await, open(&app).await);
    holder.request(1, "hall.hold", "null").await;
    // It has the component when the other comes.
    tokio::time::sleep(Duration::from_millis(1)).await;
    waiter.request(1, "hall.say", "\"after\"").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    free.notify_one();
    waiter.message().await;
    holder.message().await;
    let during = told(&snapshotter);
    check(
        &during,
        [
            ("nano_lock_wait_seconds hall", 3000),
            ("nano_connections stream", 2),
            ("nano_connections_total stream", 2),
            ("nano_faults_total component_busy", 1),
        ],
    );

    holder.send_packet(PacketKind::Kick, "").await;
    drop(waiter);
    app.shutdown().await;
    // The snapshot took what it had.
    let ended = "nano_sessions_ended_total";
    check(
        &told(&snapshotter),
        [
            ("nano_connections stream", -2),
            (&format!("{ended} protocol_error"), 1),
            (&format!("{ended} disconnected"), 1),
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn queues_and_what_they_cannot_take_are_told_although_the_log_leaves_lines_out() {
    let (app, snapshotter) = recorded(App::new().component(Hall::default()));
    let app = TestApp::start(app).await;
    let mut slow = Vec::new();
    for _ in 0..5 {
        let mut client = open(&app).await;
        client.request(1, "hall.join", "null").await;
        client.message().await;
        slow.push(client);
    }
    let mut client = open(&app).await;
    client.request(1, "hall.flood", "null").await;
    client.message().await;
    let told = told(&snapshotter);
    // All of them were closed within a second, which has room for one line.
    check(
        &told,
        [
            ("nano_faults_total slow_consumer", 5),
            ("nano_dropped_messages_total slow_consumer", 5),
            ("nano_sessions_ended_total slow_consumer", 5),
        ],
    );
    assert!(told["nano_sent_bytes_total stream"] > 5 * 40_000, "{told:#?}");
    drop(slow);
}

#[tokio::test(start_paused = true)]
async fn clients_that_accept_nothing_or_send_too_much_are_told_of() {
    let (app, snapshotter) = recorded(App::new().component(Hall::default()));
    let app = TestApp::start(app.write_timeout(Duration::from_secs(5))).await;
    let (deaf, mut large) = (open(&app).await, open(&app).await);
    app.server().everyone().broadcast("onMuch", &"x".repeat(60_000)).expect("it fits");
    app.server().everyone().broadcast("onMuch", &"x".repeat(60_000)).expect("it fits");
    for _ in 0..2 {
        large.message().await;
    }
    large.send([4, 2, 0, 0]).await;
    assert!(large.kick_reason().await.contains("protocol_error"));
    tokio::time::sleep(Duration::from_secs(7)).await;
    check(
        &told(&snapshotter),
        [
            ("nano_faults_total write_late", 1),
            ("nano_faults_total packet_too_large", 1),
            ("nano_sessions_ended_total slow_consumer", 1),
        ],
    );
    drop(deaf);
}

#[tokio::test(start_paused = true)]
async fn an_app_tells_its_own_recorders_only() {
    let (one, of_one) = recorded(App::new().component(Hall::default()));
    let (one, of_one_too) = recorded(one);
    let (other, of_other) = recorded(App::new().component(Hall::default()));
    let (one, _other) = (TestApp::start(one).await, TestApp::start(other).await);
    let mut client = open(&one).await;
    client.request(1, "hall.say", "\"a\"").await;
    client.message().await;
    for snapshotter in [of_one, of_one_too] {
        check(&told(&snapshotter), [("nano_messages_total hall.say ok", 1)]);
    }
    assert_eq!(told(&of_other), BTreeMap::new());
}

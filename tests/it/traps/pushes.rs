//! Traps of pushes, to one session and to many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Group, Result, Session, component};
use serde::{Serialize, Serializer};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

/// Counts how often it is written.
struct News(Arc<AtomicUsize>);

impl Serialize for News {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_str(&"n".repeat(2000))
    }
}

struct Herald {
    everybody: Group,
    sessions: UnboundedSender<Session>,
}

#[component]
impl Herald {
    #[on(session_opened)]
    fn opened(&self, session: &Session) -> Result<()> {
        // The test may be over.
        let _ = self.sessions.send(session.clone());
        self.everybody.add(session)
    }

    #[handler]
    fn burst(&self, session: &Session, count: u32) -> Result<u32> {
        for number in 0..count {
            session.push("onNumber", &number)?;
        }
        Ok(count)
    }
}

struct Stage {
    app: TestApp,
    everybody: Group,
    sessions: UnboundedReceiver<Session>,
}

impl Stage {
    async fn start(app: App) -> Self {
        let (sender, sessions) = unbounded_channel();
        let everybody = Group::new();
        let herald = Herald { everybody: everybody.clone(), sessions: sender };
        Self { app: TestApp::start(app.component(herald)).await, everybody, sessions }
    }

    async fn enter(&mut self) -> (RawClient, Session) {
        let mut client = self.app.raw();
        client.open().await;
        (client, self.sessions.recv().await.expect("the app is there"))
    }
}

/// In another framework pushes beyond 16 that waited were dropped silently: 98 % of a burst of 1024.
#[tokio::test]
async fn trap_13_and_28_a_burst_of_pushes_arrives_in_order() {
    let mut stage = Stage::start(App::new()).await;
    for count in [20_u32, 1024] {
        let (mut client, session) = stage.enter().await;
        client.request(1, "herald.burst", count.to_string()).await;
        for number in 0..count {
            let push = client.message().await;
            assert_eq!((push.route.as_str(), push.json()), ("onNumber", number.into()));
        }
        assert_eq!(client.message().await.json(), count);
        // Pushes from outside of the session's handlers do the same.
        tokio::spawn(async move {
            for number in 0..count {
                session.push("onNumber", &number).expect("the session is open");
            }
        });
        for number in 0..count {
            assert_eq!(client.message().await.json(), number);
        }
    }
}

/// In another framework a broadcast held the group's lock, encoded for each member, and waited for the slowest.
#[tokio::test(start_paused = true)]
async fn trap_14_a_broadcast_encodes_once_and_waits_for_nobody() {
    let mut stage = Stage::start(App::new().outbound_limit(80_000)).await;
    let mut members = Vec::new();
    for _ in 0..50 {
        members.push(stage.enter().await.0);
    }
    let (mut stalled, slow) = stage.enter().await;
    let written = Arc::new(AtomicUsize::new(0));
    let news = News(written.clone());
    let started = Instant::now();
    // Each is 2 kB: the pipe of the stalled member holds 64, and its queue 80.
    for round in 1..=100 {
        stage.everybody.broadcast("onNews", &news).expect("a broadcast fails for nobody");
        assert_eq!(written.load(Ordering::Relaxed), round, "written once, not per member");
        for member in &mut members {
            assert_eq!(member.message().await.body.len(), 2002);
        }
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(slow.close_reason(), Some(nano::CloseReason::SlowConsumer));
    assert_eq!(stage.everybody.len(), 50);
    // What the pipe holds comes whole, and then the end.
    while let Some(packet) = stalled.packet().await {
        assert_eq!(packet.kind, PacketKind::Data);
    }
}

/// Messages that many tasks send at once arrive as whole packets, one after another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trap_04_one_writer_per_connection() {
    // Room for all of it: however the threads are scheduled, nobody is a slow consumer here.
    let app = App::new().heartbeat(Duration::from_secs(1)).outbound_limit(1 << 22);
    let mut stage = Stage::start(app).await;
    let (mut client, session) = stage.enter().await;
    for task in 0..32 {
        let session = session.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                let text = "t".repeat(40 * number);
                session.push("onText", &(task, number, text)).expect("the session is open");
                tokio::task::yield_now().await;
            }
        });
    }
    let mut next = [0; 32];
    for id in 1..=100 {
        client.request(id, "herald.burst", "0").await;
    }
    let (mut pushes, mut replies) = (0, 0);
    while pushes < 32 * 50 || replies < 100 {
        let message = client.message().await;
        if message.id > 0 {
            replies += 1;
            assert_eq!(message.id, replies);
            continue;
        }
        let (task, number, text): (usize, usize, String) =
            serde_json::from_slice(&message.body).expect("a whole body");
        assert_eq!((number, text.len()), (next[task], 40 * number), "task {task}");
        next[task] += 1;
        pushes += 1;
    }
}

/// In another framework the heartbeat started with the connection, and raced with the handshake's reply.
#[tokio::test(start_paused = true)]
async fn trap_04_no_heartbeat_before_the_handshake() {
    let stage = Stage::start(App::new().heartbeat(Duration::from_secs(1))).await;
    let mut client = stage.app.raw();
    tokio::time::sleep(Duration::from_millis(4500)).await;
    client.send_packet(PacketKind::Handshake, "{}").await;
    let first = client.packet().await.expect("a reply");
    assert_eq!(first.kind, PacketKind::Handshake);
    let nothing = tokio::time::timeout(Duration::from_secs(4), client.packet()).await;
    assert!(nothing.is_err(), "nothing is sent before the ack: {nothing:?}");
    client.ack().await;
    let acknowledged = Instant::now();
    let next = client.packet().await.expect("a heartbeat");
    assert_eq!(next.kind, PacketKind::Heartbeat);
    let took = acknowledged.elapsed().as_millis();
    assert!((750..=1500).contains(&took), "{took} ms");
}

/// Another framework wrote packets and routes beyond the limit corrupted.
#[tokio::test(start_paused = true)]
async fn trap_21_what_does_not_fit_is_refused_to_its_sender() {
    let mut stage = Stage::start(App::new()).await;
    let (mut client, session) = stage.enter().await;
    let refused = session.push(&"r".repeat(256), &1).expect_err("a long route");
    assert_eq!(refused.kind(), ErrorKind::Protocol);
    let refused = session.push("onNews", &"x".repeat(65_536)).expect_err("a long body");
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
    let refused = stage.everybody.broadcast("onNews", &"x".repeat(17 << 20));
    assert_eq!(refused.expect_err("a long body").kind(), ErrorKind::TooLarge);
    session.push("onNews", &json!({ "a": 1 })).expect("the session goes on");
    assert_eq!(client.message().await.json(), json!({ "a": 1 }));
    for len in [100_000, 17 << 20] {
        let (mut client, session) = stage.enter().await;
        session.kick("k".repeat(len));
        let reason = client.kick_reason().await;
        assert!((100..60_000).contains(&reason.len()), "a reason of {} bytes", reason.len());
    }
}

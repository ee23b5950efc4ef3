//! A gate with a client that never stops asking, and backends that answer, all in one etcd.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nano::client::Client;
use nano::{App, Cluster, Etcd, Node, RoomType, Server, Tcp, component};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::wait::until;

/// What a node has seen of the others: their numbers, and `true` for those that came.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<(u32, String, bool)>>>);

impl Seen {
    fn note(&self, node: &Node, is_here: bool) {
        let noted = (node.number(), node.name().to_owned(), is_here);
        self.0.lock().expect("no panic").push(noted);
    }

    /// The numbers that the node with this name had.
    pub(crate) fn numbers(&self, name: &str) -> Vec<u32> {
        let seen = self.0.lock().expect("no panic");
        seen.iter()
            .filter(|(_, of, is_here)| of == name && *is_here)
            .map(|(number, ..)| *number)
            .collect()
    }

    /// The numbers of those who are gone.
    pub(crate) fn left(&self) -> Vec<u32> {
        let seen = self.0.lock().expect("no panic");
        seen.iter().filter(|(.., is_here)| !is_here).map(|(number, ..)| *number).collect()
    }
}

struct Watch(Seen);

#[component]
impl Watch {
    #[on(node_joined)]
    fn joined(&self, node: &Node) {
        self.0.note(node, true);
    }

    #[on(node_left)]
    fn left(&self, node: &Node) {
        self.0.note(node, false);
    }
}

/// A room of a backend.
pub(crate) struct Hall;

#[component(room)]
impl Hall {}

struct Desk;

#[component]
impl Desk {
    #[handler]
    fn echo(&self, number: u64) -> u64 {
        number
    }
}

/// Starts a node.
pub(crate) async fn node(name: &str, etcd: Etcd, seen: &Seen) -> Server {
    let cluster = Cluster::bind("127.0.0.1:0").name(name).registry(etcd);
    let app = App::new().component(Watch(seen.clone())).cluster(cluster);
    let app = match name {
        "gate" => app.listen(Tcp::bind("127.0.0.1:0")),
        _ => app.component(Desk).rooms(RoomType::<Hall>::new()),
    };
    let started = timeout(Duration::from_secs(60), app.start()).await;
    started.expect("it is let in").expect("it starts")
}

pub(crate) struct World {
    pub(crate) gate: Server,
    pub(crate) backends: Vec<Server>,
    /// What each of them has seen of the others: first the gate.
    pub(crate) seen: Vec<Seen>,
    has_ended: Arc<AtomicBool>,
    client: JoinHandle<Duration>,
}

impl World {
    /// Starts a gate and two backends, and a client at the gate.
    pub(crate) async fn start(etcd: impl Fn() -> Etcd) -> Self {
        let seen: Vec<_> = (0..3).map(|_| Seen::default()).collect();
        let gate = node("gate", etcd(), &seen[0]).await;
        let backends =
            vec![node("one", etcd(), &seen[1]).await, node("two", etcd(), &seen[2]).await];
        let client =
            Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
        until("the client is served", async || {
            client.request::<_, u64>("desk.echo", &0).await.is_ok()
        })
        .await;
        let has_ended = Arc::new(AtomicBool::new(false));
        let client = tokio::spawn({
            let has_ended = has_ended.clone();
            async move {
                let mut slowest = Duration::ZERO;
                for number in 1_u64.. {
                    let start = Instant::now();
                    let echo = client.request::<_, u64>("desk.echo", &number).await;
                    assert_eq!(echo.expect("service goes on"), number);
                    slowest = slowest.max(start.elapsed());
                    if has_ended.load(Ordering::Relaxed) {
                        break;
                    }
                    sleep(Duration::from_millis(10)).await;
                }
                slowest
            }
        });
        let world = Self { gate, backends, seen, has_ended, client };
        until("all see all", async || world.seen[0].numbers("two").len() == 1).await;
        world
    }

    /// Nobody was given up, and nobody has another number.
    pub(crate) fn is_as_before(&self) {
        for seen in &self.seen {
            assert!(seen.left().is_empty(), "nobody left: {:?} did", seen.left());
            for name in ["gate", "one", "two"] {
                assert!(seen.numbers(name).len() <= 1, "{name} had {:?}", seen.numbers(name));
            }
        }
        assert!(!self.client.is_finished(), "the client is served");
    }

    /// Ends the client, and returns the slowest answer that it had; then ends everything.
    pub(crate) async fn end(self) -> Duration {
        self.has_ended.store(true, Ordering::Relaxed);
        let slowest = self.client.await.expect("the client was served all the time");
        for server in self.backends {
            server.shutdown().await;
        }
        self.gate.shutdown().await;
        slowest
    }
}

//! A client that asks all the time, and comes back to another gate when its own sends it away.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nano::client::Client;
use nano::{Error, ErrorKind, Json};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::game::code;

/// The time from one request to the next.
const EVERY: Duration = Duration::from_millis(10);

/// What a client saw.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) answered: BTreeSet<u64>,
    /// Those of the handler that pushes.
    pub(super) ground: BTreeSet<u64>,
    /// The pushes before answers.
    pub(super) heard: BTreeSet<u64>,
    /// The pushes behind answers.
    pub(super) dust: BTreeSet<u64>,
    /// The answers that the drain of the own gate did not wait for.
    pub(super) shutdowns: BTreeSet<u64>,
    /// The requests that no gate has taken.
    pub(super) unsent: Vec<u64>,
    /// The ends of connections, each with its gate.
    pub(super) ends: Vec<(SocketAddr, Instant, String)>,
    /// The last requests before these ends, and before that of the run.
    lasts: Vec<u64>,
    pub(super) faults: Vec<String>,
    pub(super) longest: Duration,
}

impl Seen {
    fn ended(&mut self, gate: SocketAddr, reason: String, last: u64) {
        self.ends.push((gate, Instant::now(), reason));
        self.lasts.push(last);
    }

    /// Returns `true` if the connection or the run ended shortly after this request: a push that follows may come too late.
    pub(super) fn is_last(&self, number: u64) -> bool {
        self.lasts.iter().any(|last| (number..number + 10).contains(last))
    }
}

pub(super) struct Player {
    seen: Arc<Mutex<Seen>>,
    has_ended: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Player {
    /// The numbers of each.
    pub(super) const NUMBERS: u64 = 1_000_000;

    pub(super) fn start(player: u64, gates: [SocketAddr; 2]) -> Self {
        let (seen, has_ended) = (Arc::<Mutex<Seen>>::default(), Arc::<AtomicBool>::default());
        let asking = Asking { seen: seen.clone(), has_ended: has_ended.clone(), player, gates };
        Self { seen, has_ended, task: tokio::spawn(asking.run()) }
    }

    /// Ends it when its last request is answered.
    pub(super) async fn end(self) -> Seen {
        self.has_ended.store(true, Ordering::Relaxed);
        self.task.await.expect("no panic");
        // Pushes may follow.
        sleep(Duration::from_millis(100)).await;
        std::mem::take(&mut *lock(&self.seen))
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Asking {
    seen: Arc<Mutex<Seen>>,
    has_ended: Arc<AtomicBool>,
    player: u64,
    gates: [SocketAddr; 2],
}

impl Asking {
    async fn run(self) {
        let mut number = self.player * Player::NUMBERS;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for visit in self.player.. {
            let gate = self.gates[usize::from(visit % 2 == 1)];
            // A gate that is away, or drains, takes nobody.
            let Ok(client) = self.connect(gate).await else {
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            while !client.is_closed() {
                if self.has_ended.load(Ordering::Relaxed) {
                    // Some pushes are still to come.
                    sleep(Duration::from_millis(100)).await;
                    lock(&self.seen).lasts.push(number);
                    return;
                }
                ticks.tick().await;
                number += 1;
                self.ask(&client, number).await;
            }
            let reason = client.closed().await.to_string();
            lock(&self.seen).ended(gate, reason, number);
            // It is asked to stay away for some seconds, which this test does not have.
            sleep(client.reconnect_in().unwrap_or_default() / 20).await;
        }
    }

    async fn connect(&self, gate: SocketAddr) -> Result<Client<Json>, Error> {
        let (ground, dust) = (self.seen.clone(), self.seen.clone());
        Client::builder()
            .on("onGround", move |number: u64| {
                lock(&ground).heard.insert(number);
            })
            .on("onDust", move |number: u64| {
                lock(&dust).dust.insert(number);
            })
            .connect(&format!("tcp://{gate}"))
            .await
    }

    async fn ask(&self, client: &Client<Json>, number: u64) {
        let route = match number % 8 {
            0 => "mill.sift",
            1 => "mill.weigh",
            _ => "mill.grind",
        };
        let sent = Instant::now();
        let answer = client.request::<_, u64>(route, &number).await;
        let took = sent.elapsed();
        let mut seen = lock(&self.seen);
        seen.longest = seen.longest.max(took);
        match answer {
            Ok(answer) => {
                if answer != number {
                    seen.faults.push(format!("{route} {number} is answered {answer}"));
                }
                seen.answered.insert(number);
                if route == "mill.grind" {
                    seen.ground.insert(number);
                }
            }
            Err(error) => match error.code() {
                // The end of a connection comes behind its last answer.
                None if error.kind() == ErrorKind::Closed => seen.unsent.push(number),
                // The gate's own drain: what it has not begun is not handled, and what is left to a task is not waited for.
                Some("shutdown") if route == "mill.grind" => seen.unsent.push(number),
                Some("shutdown") => drop(seen.shutdowns.insert(number)),
                _ => seen.faults.push(format!("{route} {number} has the error {}", code(&error))),
            },
        }
    }
}

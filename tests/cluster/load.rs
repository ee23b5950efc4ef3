//! Clients that never stop asking, and what they were answered.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nano::Json;
use nano::client::Client;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::game::code;

/// One client that asks at a rate, one request after another. It comes back when it is sent away.
pub(crate) struct Load {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    answers: Vec<Answer>,
    /// The ends of its connections.
    ends: Vec<String>,
    has_ended: bool,
}

/// The answer to one request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) sent: Instant,
    pub(crate) took: Duration,
    /// The name of the node that answered, or the code of the error.
    pub(crate) outcome: Result<String, String>,
}

impl Load {
    /// A client of these gates: of the first one, and when that sends it away, of the next.
    pub(crate) fn at(gates: &[SocketAddr], every: Duration) -> Self {
        let mut gates = gates.to_vec().into_iter().cycle();
        Self::by(move || TcpStream::connect(gates.next().expect("a gate")), every)
    }

    /// A client whose connections `dial` opens.
    pub(crate) fn by<F>(dial: impl FnMut() -> F + Send + 'static, every: Duration) -> Self
    where
        F: Future<Output = io::Result<TcpStream>> + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn(run(seen.clone(), dial, every));
        Self { seen, task }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answers to the requests that were sent since then.
    pub(crate) fn since(&self, start: Instant) -> Answers {
        let seen = self.seen();
        let answers = seen.answers.iter().filter(|answer| answer.sent >= start).cloned().collect();
        Answers { answers, ends: seen.ends.clone() }
    }

    /// The name of the node that answered last.
    pub(crate) fn node(&self) -> Option<String> {
        let seen = self.seen();
        seen.answers.last().and_then(|answer| answer.outcome.clone().ok())
    }

    /// Ends it when its last request is answered, and returns the answers since `start`.
    pub(crate) async fn end(mut self, start: Instant) -> Answers {
        self.seen().has_ended = true;
        let ended = (&mut self.task).await;
        ended.expect("each answer is the one that belongs to its request");
        self.since(start)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run<F>(seen: Arc<Mutex<Seen>>, mut dial: impl FnMut() -> F + Send, every: Duration)
where
    F: Future<Output = io::Result<TcpStream>> + Send,
{
    let lock = || seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number = 0_u64;
    loop {
        let Some(client) = connect(&mut dial).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        while !client.is_closed() {
            ticks.tick().await;
            let sent = Instant::now();
            number += 1;
            let answer = client.request::<_, (String, u64)>("desk.echo", &number).await;
            let outcome = answer.map_err(|error| code(&error)).map(|(node, echo)| {
                assert_eq!(echo, number);
                node
            });
            let mut seen = lock();
            seen.answers.push(Answer { sent, took: sent.elapsed(), outcome });
            if seen.has_ended {
                return;
            }
        }
        let end = client.closed().await.to_string();
        lock().ends.push(end);
    }
}

async fn connect<F>(dial: &mut impl FnMut() -> F) -> Option<Client<Json>>
where
    F: Future<Output = io::Result<TcpStream>>,
{
    let stream = dial().await.ok()?;
    stream.set_nodelay(true).ok()?;
    Client::builder().over(stream).await.ok()
}

/// The answers of a while.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) answers: Vec<Answer>,
    /// The ends of the connections since the beginning.
    pub(crate) ends: Vec<String>,
}

impl Answers {
    /// Those of several clients, in the order of the requests.
    pub(crate) fn of(all: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for one in all {
            joined.answers.extend(one.answers);
            joined.ends.extend(one.ends);
        }
        joined.answers.sort_by_key(|answer| answer.sent);
        joined
    }

    /// The number of good answers.
    pub(crate) fn good(&self) -> usize {
        self.answers.iter().filter(|answer| answer.outcome.is_ok()).count()
    }

    /// The errors, and how often each was answered.
    pub(crate) fn errors(&self) -> BTreeMap<&str, usize> {
        let mut errors = BTreeMap::new();
        for code in self.answers.iter().filter_map(|answer| answer.outcome.as_ref().err()) {
            *errors.entry(&**code).or_default() += 1;
        }
        errors
    }

    /// The longest time from one good answer to the next.
    pub(crate) fn gap(&self) -> Duration {
        let good = self.answers.iter().filter(|answer| answer.outcome.is_ok());
        let mut times: Vec<_> = good.map(|answer| answer.sent + answer.took).collect();
        times.sort_unstable();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    /// The time within which so many percent of the requests were answered.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut times: Vec<_> = self.answers.iter().map(|answer| answer.took).collect();
        times.sort_unstable();
        let index = times.len().saturating_sub(1) * percent / 100;
        times.get(index).copied().unwrap_or_default()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers", self.good())?;
        for (code, count) in self.errors() {
            write!(f, ", {count} {code}")?;
        }
        let (half, most) = (self.percentile(50), self.percentile(99));
        write!(f, ", longest gap {:.0?}, p50 {half:.1?}, p99 {most:.1?}", self.gap())
    }
}

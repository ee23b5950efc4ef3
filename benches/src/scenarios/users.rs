//! Users: logins at several gates whose users are kept in a real etcd, and the search for them.
//!
//! The clients are in memory, because their sockets would be more than most machines allow a process.

mod etcd;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use nano::{App, Cluster, DuplicateLogin, Etcd, Server, Session, component};

use super::member::{Audience, Member};
use crate::generator::new_histogram;
use crate::machine;
use crate::report::{Column, Results, Row, Unit};
use etcd::EtcdProcess;
pub(crate) use etcd::missing;

/// The route of the request that binds a session to a user.
const LOGIN: &str = "desk.login";
/// The time in which all users are bound.
const PATIENCE: Duration = Duration::from_secs(120);
/// The time between two looks at what is done.
const LOOK: Duration = Duration::from_millis(1);

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The number of users
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    users: u32,
    /// The number of gates at which they log in
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    gates: u32,
    /// The number of logins that wait at a time
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    at_once: u32,
    /// The number of users that are looked for afterwards, one after another
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    finds: u32,
}

/// Binds each session to a user of its own.
struct Desk(Arc<Users>);

#[derive(Default)]
struct Users {
    next: AtomicI64,
    bound: AtomicI64,
}

#[component]
impl Desk {
    #[handler]
    async fn login(&self, session: &Session) -> nano::Result<()> {
        session.bind(self.0.next.fetch_add(1, Ordering::Relaxed)).await?;
        self.0.bound.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

const COLUMNS: [Column; 6] = [
    Column::plain("all bound in", Unit::Nanos),
    Column::plain("logins/s", Unit::Rate),
    Column::plain("logins/transaction", Unit::Decimal),
    Column::plain("find: p50", Unit::Nanos),
    Column::plain("p99", Unit::Nanos),
    Column::plain("p99.9", Unit::Nanos),
];

impl Options {
    /// Runs the nodes, and returns what they measured.
    ///
    /// # Errors
    ///
    /// There is no etcd, or a user that is not bound.
    pub(crate) fn run(self) -> Result<Results> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(self) -> Result<Results> {
        let Self { users, gates, at_once, finds } = self;
        let etcd = EtcdProcess::start().await?;
        let known = Arc::<Users>::default();
        let mut nodes = Vec::new();
        for _ in 0..gates {
            let app = self.app(&etcd).component(Desk(known.clone()));
            nodes.push(app.start().await.context("a gate does not start")?);
        }
        // It has no clients, so that it finds nobody without asking.
        let seeker = self.app(&etcd).start().await.context("a node does not start")?;

        let (audience, before) = (Arc::<Audience>::default(), etcd.revision().await?);
        let bound = log_in(&nodes, &audience, users as usize, at_once as usize).await?;
        let all = known.bound.load(Ordering::Relaxed);
        ensure!(all == i64::from(users), "{all} of {users} users are bound");
        let transactions = etcd.revision().await? - before;

        let mut latency = new_histogram();
        for find in 0..finds {
            // Spread over all of them.
            let uid = i64::from(find) * 7919 % i64::from(users);
            let started = Instant::now();
            ensure!(seeker.user(uid).is_online().await, "user {uid} is not found");
            latency.saturating_record(started.elapsed().as_nanos() as u64);
        }

        let quantile = |quantile| latency.value_at_quantile(quantile) as f64;
        let mut row = Row::new("nano", false);
        row.push(vec![
            bound.as_nanos() as f64,
            f64::from(users) / bound.as_secs_f64(),
            f64::from(users) / transactions as f64,
            quantile(0.5),
            quantile(0.99),
            quantile(0.999),
        ]);
        Ok(Results {
            machine: machine::description(),
            title: format!(
                "{users} users in memory log in at {gates} gates, {at_once} at a time, and {finds} of them are found by another \
                 node"
            ),
            conditions: format!("one round; {}", etcd::version()?),
            notices: Vec::new(),
            columns: COLUMNS.to_vec(),
            rows: vec![row],
        })
    }

    fn app(&self, etcd: &EtcdProcess) -> App {
        let sessions = self.users as usize + 1;
        App::new()
            .duplicate_login(DuplicateLogin::Replace)
            .heartbeat(Duration::from_secs(3600))
            .max_sessions(sessions)
            .max_handshakes(sessions)
            .cluster(Cluster::bind("127.0.0.1:0").registry(Etcd::new([etcd.url()])))
    }
}

/// Lets so many clients log in, and returns the time until the last one has.
async fn log_in(
    gates: &[Server],
    audience: &Arc<Audience>,
    users: usize,
    at_once: usize,
) -> Result<Duration> {
    let (started, mut coming) = (Instant::now(), 0);
    while audience.replies() < users {
        let most = users.min(audience.replies() + at_once);
        for index in coming..most {
            gates[index % gates.len()].serve(Member::new(index, LOGIN, audience.clone()));
        }
        coming = most.max(coming);
        ensure!(
            started.elapsed() < PATIENCE,
            "{} of {users} users are bound after {PATIENCE:?}",
            audience.replies()
        );
        tokio::time::sleep(LOOK).await;
    }
    Ok(started.elapsed())
}

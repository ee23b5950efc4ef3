//! The load: rounds of players, what the server holds after each, and its drain.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::connection::{Target, Transport};
use crate::drain::Drain;
use crate::hostile;
use crate::ledger::Ledger;
use crate::player::{Dialect, Habit, Player};
use crate::process::ServerProcess;
use crate::protocol::Census;
use crate::server::Options;

/// The size and the length of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The time of the rounds.
    pub(crate) time: Duration,
    /// The number of players.
    pub(crate) sessions: u64,
    pub(crate) seed: u64,
    /// The time after which what has not come never will.
    pub(crate) patience: Duration,
    pub(crate) options: Options,
}

/// The findings of a run.
pub(crate) struct Findings {
    pub(crate) ledger: Ledger,
    /// The players of the last round, in words.
    pub(crate) players: String,
    /// The process before it had an app.
    pub(crate) bare: Census,
    /// Before any client, and after each round.
    pub(crate) censuses: Vec<Census>,
    /// After the drain; `None` if the run has failed before.
    pub(crate) last: Option<Census>,
}

/// One hostile client comes with so many players.
pub(crate) const HOSTILE: u64 = 20;
/// From the first behaviour of a hostile client to that of the next.
const STRIDE: usize = 7;

/// The shares of the time: a warm-up, and two equal rounds.
const ROUNDS: [u32; 3] = [20, 40, 40];

/// The part of a round in which its players come.
const COMING: u32 = 5;
/// The time in which the players of the drain come, and that for which they play before it.
const LAST_ROUND: Duration = Duration::from_secs(4);
/// The time of the drain: half of it is for rooms, since both halves have a limit of their own.
const DRAIN: Duration = Duration::from_secs(16);

pub(crate) async fn run(plan: Plan) -> Result<Findings> {
    let mut rng = Rng::with_seed(plan.seed);
    let ledger = Ledger::default();
    let mut server = ServerProcess::start(plan.options, plan.patience).await?;
    let (bare, before) = (server.bare.clone(), server.census().await?);
    let (mut censuses, mut players) = (vec![before.clone()], String::new());
    let mut is_calm = true;
    for (at, share) in ROUNDS.into_iter().enumerate() {
        eprintln!("round {} of {}", at + 1, ROUNDS.len());
        let time = plan.time * share / 100;
        let until = Instant::now() + time;
        let times = Times { coming: time / COMING, until, hostile_until: until };
        let (target, drain) = (&server.target, Drain::default());
        let (clients, mix) = start(plan, target, &ledger, &mut rng, &drain, times);
        players = mix;
        ended(clients, &ledger).await;
        let census = calm(&mut server, &before, &ledger).await?;
        is_calm = census.leftovers(&before).is_empty();
        censuses.push(census);
        if !is_calm {
            break;
        }
    }
    let mut last = None;
    if is_calm {
        eprintln!("the drain");
        drain(plan, &mut server, &ledger, &mut rng).await?;
        last = Some(calm(&mut server, &bare, &ledger).await?);
    }
    server.stop().await?;
    Ok(Findings { ledger, players, bare, censuses, last })
}

/// Lets all players come, and the server drain while they play.
async fn drain(
    plan: Plan,
    server: &mut ServerProcess,
    ledger: &Ledger,
    rng: &mut Rng,
) -> Result<()> {
    let (now, drain) = (Instant::now(), Drain::default());
    // The players end when the drain ends them. Some of the hostile clients are there when it begins.
    let times = Times {
        coming: LAST_ROUND,
        until: now + 2 * plan.patience + DRAIN,
        hostile_until: now + 2 * LAST_ROUND,
    };
    let (clients, _) = start(plan, &server.target, ledger, rng, &drain, times);
    sleep(2 * LAST_ROUND).await;
    drain.settle();
    let since = Instant::now();
    while drain.present() < plan.sessions {
        if since.elapsed() > plan.patience {
            let present = drain.present();
            ledger.fault(format!("{present} of {} players have come", plan.sessions));
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    drain.begin();
    let since = Instant::now();
    let drained = server.drain(DRAIN).await?;
    ledger.took("drain", since.elapsed(), || format!("farewells over {:.1?}", drain.spread()));
    ended(clients, ledger).await;
    drain.faults(plan.sessions, drained).into_iter().for_each(|fault| ledger.fault(fault));
    Ok(())
}

/// The times of a round.
struct Times {
    /// The players come in this time.
    coming: Duration,
    until: Instant,
    hostile_until: Instant,
}

/// Lets all clients come. Returns them, and the players in words.
fn start(
    plan: Plan,
    target: &Target,
    ledger: &Ledger,
    rng: &mut Rng,
    drain: &Drain,
    times: Times,
) -> (JoinSet<()>, String) {
    let (mut clients, mut mix) = (JoinSet::new(), Mix::default());
    for uid in 1..=plan.sessions {
        let (transport, dialect) = kind(rng);
        let habit = match uid % 20 {
            0 | 1 => Habit::Resuming,
            2 | 3 => Habit::Reconnecting,
            4 => Habit::Slow,
            _ => Habit::Steady,
        };
        let dialect = if habit == Habit::Resuming { Dialect::Native } else { dialect };
        mix.count(transport, dialect, habit);
        let player = Player {
            uid,
            players: plan.sessions,
            transport,
            dialect,
            habit,
            target: target.clone(),
            ledger: ledger.clone(),
            drain: drain.clone(),
            rng: rng.fork(),
        };
        clients.spawn(player.run(times.coming, times.until));
    }
    for index in 0..(plan.sessions / HOSTILE) as usize {
        let (target, ledger, rng) = (target.clone(), ledger.clone(), rng.fork());
        clients.spawn(hostile::run(index * STRIDE, target, ledger, rng, times.hostile_until));
    }
    (clients, mix.in_words(plan.sessions / HOSTILE))
}

/// Waits until all clients have gone.
async fn ended(mut clients: JoinSet<()>, ledger: &Ledger) {
    while let Some(ended) = clients.join_next().await {
        if let Err(error) = ended {
            ledger.fault(format!("a client panicked: {error}"));
        }
    }
}

/// The numbers of players by their ways, dialects and habits.
#[derive(Default)]
struct Mix([BTreeMap<String, u64>; 3]);

impl Mix {
    fn count(&mut self, transport: Transport, dialect: Dialect, habit: Habit) {
        let names = [transport.name().into(), format!("{dialect:?}"), format!("{habit:?}")];
        for (counts, name) in self.0.iter_mut().zip(names) {
            *counts.entry(name).or_default() += 1;
        }
    }

    fn in_words(&self, hostile: u64) -> String {
        let counts = self.0.each_ref().map(|counts| {
            let parts: Vec<_> =
                counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
            parts.join(", ")
        });
        format!("{}; and {hostile} hostile clients at a time", counts.join("; "))
    }
}

/// Picks the way and the dialect of a client.
fn kind(rng: &mut Rng) -> (Transport, Dialect) {
    let (is_tls, is_websocket) = match rng.u8(..20) {
        0..8 => (false, false),
        8..14 => (false, true),
        14..17 => (true, false),
        _ => (true, true),
    };
    let dialect = match rng.u8(..3) {
        0 => Dialect::Nano,
        1 => Dialect::Pitaya,
        _ => Dialect::Native,
    };
    (Transport { is_tls, is_websocket }, dialect)
}

/// Waits until the server holds no more than before. Returns the last census in any case.
async fn calm(server: &mut ServerProcess, before: &Census, ledger: &Ledger) -> Result<Census> {
    let since = Instant::now();
    loop {
        let census = server.census().await?;
        let leftovers = census.leftovers(before);
        if leftovers.is_empty() {
            ledger.took("calm after a round", since.elapsed(), || "nothing is left".into());
            return Ok(census);
        }
        if since.elapsed() > server.target.patience {
            return Ok(census);
        }
        sleep(Duration::from_millis(200)).await;
    }
}

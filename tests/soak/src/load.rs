//! The load: rounds of players, and what the server holds after each.

use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::connection::Transport;
use crate::hostile;
use crate::ledger::Ledger;
use crate::player::{Dialect, Habit, Player};
use crate::process::ServerProcess;
use crate::protocol::Census;
use crate::server::Fault;

/// The time in which the server lets go of all that its clients had.
const CALM: Duration = Duration::from_secs(30);

/// The size and the length of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) time: Duration,
    pub(crate) sessions: u64,
    pub(crate) seed: u64,
    pub(crate) fault: Option<Fault>,
}

/// The findings of a run.
pub(crate) struct Findings {
    pub(crate) ledger: Ledger,
    /// Before any client, and after each round.
    pub(crate) censuses: Vec<Census>,
}

/// One hostile client comes with so many players.
const HOSTILE: usize = 20;
/// From the first behaviour of a hostile client to that of the next.
const STRIDE: usize = 7;

/// The shares of the time: a warm-up, and two equal rounds.
const ROUNDS: [u32; 3] = [20, 40, 40];

pub(crate) async fn run(plan: Plan) -> Result<Findings> {
    let mut rng = Rng::with_seed(plan.seed);
    let ledger = Ledger::default();
    let mut server = ServerProcess::start(plan.fault).await?;
    let mut censuses = vec![server.census().await?];
    for (at, share) in ROUNDS.into_iter().enumerate() {
        eprintln!("round {} of {}", at + 1, ROUNDS.len());
        let until = Instant::now() + plan.time * share / 100;
        round(plan, &server, until, &ledger, &mut rng).await;
        let before = censuses[0].clone();
        let census = calm(&mut server, &before).await?;
        let is_calm = census.leftovers(&before).is_empty();
        censuses.push(census);
        if !is_calm {
            break;
        }
    }
    server.stop().await?;
    Ok(Findings { ledger, censuses })
}

/// Lets all clients play, and waits until they have gone.
async fn round(plan: Plan, server: &ServerProcess, until: Instant, ledger: &Ledger, rng: &mut Rng) {
    let mut clients = JoinSet::new();
    for uid in 1..=plan.sessions {
        let (transport, dialect) = kind(rng);
        let habit = match uid % 20 {
            0 | 1 => Habit::Resuming,
            2 | 3 => Habit::Reconnecting,
            4 => Habit::Slow,
            _ => Habit::Steady,
        };
        let dialect = if habit == Habit::Resuming { Dialect::Native } else { dialect };
        let (players, target, ledger, rng) =
            (plan.sessions, server.target.clone(), ledger.clone(), rng.fork());
        let player = Player { uid, players, transport, dialect, habit, target, ledger, rng };
        clients.spawn(player.run(until));
    }
    for index in 0..plan.sessions as usize / HOSTILE {
        let (target, ledger, rng) = (server.target.clone(), ledger.clone(), rng.fork());
        clients.spawn(hostile::run(index * STRIDE, target, ledger, rng, until));
    }
    while let Some(ended) = clients.join_next().await {
        if let Err(error) = ended {
            ledger.fault(format!("a client panicked: {error}"));
        }
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
async fn calm(server: &mut ServerProcess, before: &Census) -> Result<Census> {
    let since = Instant::now();
    loop {
        let census = server.census().await?;
        if census.leftovers(before).is_empty() || since.elapsed() > CALM {
            return Ok(census);
        }
        sleep(Duration::from_millis(200)).await;
    }
}

//! A server under thousands of clients for minutes, some of which misbehave: `cargo xtask soak`.
//!
//! The clients check each answer and each push that they receive. The server runs in a process of its own, and is asked
//! only for what it still holds when all clients have gone.

mod connection;
mod drain;
mod hostile;
mod ledger;
mod load;
mod packet;
mod player;
mod process;
mod protocol;
mod report;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use load::Plan;
use server::Options;

/// Thousands of clients against a server, each of which checks what it receives
///
/// The players use four listeners (TCP and WebSocket, with and without TLS) and three dialects. Of twenty, one reads slowly,
/// two log in again and again, and two lose their connections and come back to their sessions; a hostile client comes with
/// them. After a warm-up and two equal rounds the server may hold nothing that was not there before, and no more memory
/// after one round than after the other. Then all players come once more, and the server drains.
#[derive(Parser)]
struct Arguments {
    /// The minutes of the rounds, without the drain
    #[arg(long, default_value_t = 2.0)]
    minutes: f64,
    /// The number of players
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(20..=20_000))]
    sessions: u64,
    /// The seed of all that is random; another one for each run by default
    #[arg(long)]
    seed: Option<u64>,
    /// The seconds after which what has not come never will: answers that are late are only told of
    #[arg(long, default_value_t = 300)]
    patience: u64,
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Runs the server only
    #[command(hide = true)]
    Serve {
        certificate: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(Role::Serve { certificate, options }) = arguments.role {
        runtime.block_on(server::run(&certificate, options))?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = Plan {
        time: Duration::from_secs_f64(arguments.minutes * 60.0),
        sessions: arguments.sessions,
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
        patience: Duration::from_secs(arguments.patience),
        options: arguments.options,
    };
    let Plan { sessions, time, seed, .. } = plan;
    println!("{sessions} players for {time:?}, seed {seed}");
    let findings = runtime.block_on(load::run(plan))?;
    Ok(if findings.print(plan) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

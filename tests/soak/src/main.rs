//! A server under thousands of clients for minutes, some of which misbehave: `cargo xtask soak`.
//!
//! The clients check each answer and each push that they receive. The server runs in a process of its own, and is asked
//! only for what it still holds when all clients have gone.

mod connection;
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
use server::Fault;

#[derive(Parser)]
#[command(about = "Thousands of clients against a server, each of which checks what it receives")]
struct Arguments {
    /// The minutes that the clients play
    #[arg(long, default_value_t = 2.0)]
    minutes: f64,
    /// The number of clients at a time
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(20..=20_000))]
    sessions: u64,
    /// The seed of all that is random; another one for each run by default
    #[arg(long)]
    seed: Option<u64>,
    /// A fault of the server, which the run has to find
    #[arg(long)]
    plant: Option<Fault>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Runs the server only
    #[command(hide = true)]
    Serve {
        certificate: PathBuf,
        #[arg(long)]
        plant: Option<Fault>,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(Role::Serve { certificate, plant }) = arguments.role {
        runtime.block_on(server::run(&certificate, plant))?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = Plan {
        time: Duration::from_secs_f64(arguments.minutes * 60.0),
        sessions: arguments.sessions,
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
        fault: arguments.plant,
    };
    let Plan { sessions, time, seed, .. } = plan;
    println!(
        "{sessions} players for {time:?}, {} kinds of hostile clients, seed {seed}",
        hostile::count()
    );
    let findings = runtime.block_on(load::run(plan))?;
    Ok(if findings.print(plan) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

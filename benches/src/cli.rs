//! The command line.

#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum as _};

use crate::collection;
use crate::generator::{Exchange, Pace, Payload, Traffic};
use crate::peers::{self, Peer, PeerSpec, Runtime, ServeOptions, Work};
use crate::rounds;
use crate::scenarios::{age, broadcast, echo, idle, links, rooms, slow, storm, users};
use crate::transport::Transport;

/// Measures nano and compares it with minimal servers.
///
/// Each round runs each peer once, as a process of its own on one core, loaded from another core. The
/// table shows medians over the rounds, and ratios to the first raw peer of the same rounds.
#[derive(Debug, Parser)]
#[command(name = "nano-bench", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Prints what each round measured, as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures messages and their answers, in a closed or an open loop
    Echo(echo::Options),
    /// Measures memory and CPU of connections that do nothing
    Idle(idle::Options),
    /// Measures messages from one client to a group of others
    Broadcast(broadcast::Options),
    /// Measures connecting: how fast, at what cost, and how fast all clients of a lost network are back
    Storm(storm::Options),
    /// Measures the cost of members of a group that do not read
    Slow(slow::Options),
    /// Measures many rooms that push to their members at a fixed rate
    Rooms(rooms::Options),
    /// Measures the age of positions over WebTransport and over a WebSocket, in a network that loses packets
    Age(age::Options),
    /// Measures memory and packets of nodes that are linked and have nothing to say
    Links(links::Options),
    /// Measures logins at gates whose users are kept in etcd, and the search for them
    Users(users::Options),
    /// Measures all scenarios, and writes tables and plots
    Report(collection::Options),
    #[command(hide = true)]
    Serve(ServeOptions),
    #[command(hide = true)]
    ServePositions(age::Part),
    #[command(hide = true)]
    TakePositions(age::Part),
}

impl Cli {
    /// Runs the command, and writes its report to the standard output.
    ///
    /// # Errors
    ///
    /// Options that exclude each other; a server that does not start; a reply that is wrong or
    /// missing.
    pub fn run(self) -> Result<()> {
        let results = match self.command {
            Command::Echo(options) => rounds::run(&options.common, &options)?,
            Command::Idle(options) => rounds::run(&options.common, &options)?,
            Command::Broadcast(options) => rounds::run(&options.common, &options)?,
            Command::Storm(options) => rounds::run(&options.common, &options)?,
            Command::Slow(options) => rounds::run(&options.common, &options)?,
            Command::Rooms(options) => options.run()?,
            Command::Age(options) => options.run()?,
            Command::Links(options) => rounds::run(&options.common, &options)?,
            Command::Users(options) => options.run()?,
            Command::Report(options) => return options.run(),
            Command::Serve(options) => return options.run(),
            Command::ServePositions(part) | Command::TakePositions(part) => return part.run(),
        };
        let text = match self.json {
            true => serde_json::to_string(&results)? + "\n",
            false => results.text(),
        };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(())
    }
}

/// The options that all scenarios have.
#[derive(Args, Debug)]
pub(crate) struct Common {
    #[arg(long, value_delimiter = ',', value_name = "PEER[:RUNTIME]")]
    #[arg(help = "The servers to compare", long_help = peers::help())]
    peers: Vec<PeerSpec>,
    /// The tokio runtime of peers that name none
    #[arg(long, value_enum, default_value = "current")]
    runtime: Runtime,
    #[arg(long, value_enum, default_value = "tcp")]
    pub(crate) transport: Transport,
    /// The number of times that each peer is measured
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The length of a message's body in bytes
    #[arg(long, default_value_t = 64, value_parser = body_len)]
    pub(crate) payload: usize,
    /// The route that answers requests with a value, on servers that you have started
    #[arg(long, default_value = peers::ECHO)]
    route: String,
    /// The path of their WebSocket
    #[arg(long, default_value = "/")]
    pub(crate) path: String,
    /// The core of the server
    #[arg(long, default_value_t = 0, value_name = "CORE")]
    server_core: usize,
    /// The core of the load generator
    #[arg(long, default_value_t = 1, value_name = "CORE")]
    generator_core: usize,
    /// Lets server and load generator run on any core
    #[arg(long, conflicts_with_all = ["server_core", "generator_core"])]
    no_pinning: bool,
}

impl Common {
    /// The peers to run: those that were named, or those that fit.
    ///
    /// # Errors
    ///
    /// A peer cannot do the work.
    pub(crate) fn peers(&self, work: Work) -> Result<Vec<PeerSpec>> {
        let mut peers = self.peers.clone();
        if peers.is_empty() {
            let all = Peer::value_variants().iter().map(|&peer| PeerSpec { peer, runtime: None });
            peers.extend(all.filter(|p| p.is_default() && p.check(work, self.transport).is_ok()));
        }
        for peer in &mut peers {
            peer.check(work, self.transport)?;
            // The raw peers have no threads of their own.
            let is_able =
                peer.has_runtime() && (self.runtime != Runtime::Threads || !peer.is_raw());
            if self.runtime != Runtime::Current && is_able {
                peer.runtime.get_or_insert(self.runtime);
            }
        }
        Ok(peers)
    }

    /// The messages for a peer.
    pub(crate) fn traffic(&self, peer: PeerSpec, exchange: Exchange, pace: Pace) -> Traffic {
        peer.traffic(exchange, pace, self.payload, &self.route)
    }

    /// The cores of the server and of the load generator.
    ///
    /// # Errors
    ///
    /// They are the same.
    pub(crate) fn cores(&self) -> Result<Option<(usize, usize)>> {
        if self.no_pinning {
            return Ok(None);
        }
        let (server, generator) = (self.server_core, self.generator_core);
        ensure!(
            server != generator,
            "server and load generator cannot share core {server}: they would slow each other down"
        );
        Ok(Some((server, generator)))
    }
}

/// The length of a round of messages.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Length {
    /// The seconds for which each round is measured
    #[arg(long, default_value = "2", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// The seconds for which each round runs before it is measured
    #[arg(long, default_value = "0.5", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) warm_up: Duration,
    /// Measures each round until this many messages have arrived, instead of for some seconds
    #[arg(long, conflicts_with = "seconds")]
    pub(crate) messages: Option<u64>,
}

/// Reads a number of seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    Duration::try_from_secs_f64(number).map_err(|error| error.to_string())
}

fn body_len(text: &str) -> Result<usize, String> {
    let len = text.parse().map_err(|_| format!("`{text}` is not a number of bytes"))?;
    if !(Payload::MIN..=Payload::MAX).contains(&len) {
        return Err(format!("a body must have {} to {} bytes", Payload::MIN, Payload::MAX));
    }
    Ok(len)
}

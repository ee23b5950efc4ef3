//! The age of a position: a client's newest state of the game, in a network that delays and loses packets.
//!
//! A server pushes its clock at a fixed rate; the age at a moment is the time since the newest one that the client has
//! was sent. Server and clients are processes in network namespaces of their own, with a [line](line::Line) between them
//! that delays each packet, and loses some. Their clocks are the machine's.

mod client;
mod line;
mod server;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use hdrhistogram::Histogram;

use crate::report::{Column, Results, Row, Unit};
use crate::{cli, machine, process};
use line::Line;

/// The longest age that is told apart, in microseconds.
const LONGEST: u64 = 600_000_000;

/// The port of the server, in a namespace of its own.
const PORT: u16 = 3251;

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The share of packets that are lost, each way, in percent
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=50))]
    loss: u32,
    /// The milliseconds that a packet takes, each way
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(0..=1000))]
    delay: u32,
    /// The positions in a second
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rate: u32,
    /// The number of clients
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    clients: u32,
    /// The number of times that each way is measured
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The seconds that are measured in each round
    #[arg(long, default_value = "10", value_parser = cli::seconds)]
    seconds: Duration,
    /// The beginning of the losses' random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The way of positions to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// In the frames of a WebSocket.
    WebSocket,
    /// On the stream of a session of WebTransport.
    Stream,
    /// In its datagrams.
    Datagrams,
}

impl Way {
    const ALL: [Self; 3] = [Self::WebSocket, Self::Stream, Self::Datagrams];

    fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "WebSocket",
            Self::Stream => "WebTransport, stream",
            Self::Datagrams => "WebTransport, datagrams",
        }
    }

    fn argument(self) -> &'static str {
        match self {
            Self::WebSocket => "web-socket",
            Self::Stream => "stream",
            Self::Datagrams => "datagrams",
        }
    }
}

/// The server, or the clients, in a namespace.
#[derive(Args, Debug)]
pub(crate) struct Part {
    /// Pushes positions, or takes them over this way
    #[arg(long, value_enum)]
    way: Option<Way>,
    #[arg(long, default_value = "")]
    hash: String,
    #[command(flatten)]
    options: Options,
}

const COLUMNS: [Column; 6] = [
    Column::plain("age: p99", Unit::Nanos),
    Column::plain("p50", Unit::Nanos),
    Column::plain("p90", Unit::Nanos),
    Column::plain("p99.9", Unit::Nanos),
    Column::plain("longest", Unit::Nanos),
    Column::plain("positions that came", Unit::Percent),
];

/// The ages of all clients, in microseconds, and the number of positions that came.
#[derive(Debug)]
struct Ages {
    ages: Histogram<u64>,
    came: u64,
}

impl Ages {
    fn new() -> Result<Self> {
        Ok(Self { ages: Histogram::new_with_bounds(1, LONGEST, 3)?, came: 0 })
    }
}

/// Returns the reason why this machine has no such network, if it has none.
pub(crate) fn missing() -> Option<String> {
    Line::open(Duration::ZERO, 0, 0).err().map(|error| format!("{error:#}"))
}

impl Options {
    /// Measures the ways one after another in each round, so that a busy machine slows all of them alike.
    ///
    /// # Errors
    ///
    /// The machine has no network namespaces or TUN devices for this process; a server that does not start; a client that loses
    /// its connection.
    pub(crate) fn run(self) -> Result<Results> {
        let mut rows = Way::ALL.map(|way| Row::new(way.name(), false));
        for round in 0..self.rounds {
            for (way, row) in Way::ALL.into_iter().zip(&mut rows) {
                let options = Self { seed: self.seed + u64::from(round), ..self };
                row.push(options.round(way).with_context(|| way.name())?);
            }
        }
        let Self { loss, delay, rate, clients, seconds, rounds, .. } = self;
        Ok(Results {
            machine: machine::description(),
            title: format!(
                "age of the newest position, sampled each millisecond: {rate} a second to {clients} clients, {delay} ms and \
                 {loss} % of lost packets each way"
            ),
            conditions: format!("{rounds} rounds of {} s for each way", seconds.as_secs()),
            notices: Vec::new(),
            columns: COLUMNS.to_vec(),
            rows: rows.into(),
        })
    }

    /// Measures a way, and returns a value for each column.
    fn round(self, way: Way) -> Result<Vec<f64>> {
        let Ages { ages, came } = self.measure(way)?;
        let nanos = |micros: u64| (micros * 1000) as f64;
        let quantiles = [0.99, 0.5, 0.9, 0.999].map(|at| nanos(ages.value_at_quantile(at)));
        let due = self.seconds.as_secs_f64() * f64::from(self.rate * self.clients);
        let rest = [nanos(ages.max()), came as f64 / due * 100.0];
        Ok(quantiles.into_iter().chain(rest).collect())
    }

    fn measure(self, way: Way) -> Result<Ages> {
        let line = Line::open(Duration::from_millis(self.delay.into()), self.loss, self.seed)?;
        let mut server = self.start(&line.server_name(), &["serve-positions"])?;
        let mut hash = String::new();
        let output = server.0.stdout.take().context("the server has no output")?;
        BufReader::new(output).read_line(&mut hash).context("the server does not answer")?;
        ensure!(!hash.trim().is_empty(), "the server of the positions did not start");
        let arguments = ["take-positions", "--way", way.argument(), "--hash", hash.trim()];
        let mut clients = self.start(&line.client_name(), &arguments)?;
        let output = clients.0.stdout.take().context("the clients have no output")?;
        let mut ages = Ages::new()?;
        let mut lines = BufReader::new(output).lines();
        let came = lines.next().context("the clients measured nothing")??;
        ages.came = came.parse().context("the clients count in numbers")?;
        for line in lines {
            let line = line?;
            let (age, count) = line.split_once(' ').context("an age has a number")?;
            ages.ages.record_n(age.parse()?, count.parse()?)?;
        }
        ensure!(clients.0.wait()?.success(), "a client lost its connection");
        Ok(ages)
    }

    /// Starts this program in a namespace.
    fn start(&self, namespace: &str, arguments: &[&str]) -> Result<Running> {
        let program = std::env::current_exe().context("this program has no path")?;
        let Self { loss, delay, rate, clients, seconds, seed, .. } = self;
        let child = Command::new("ip")
            .args(["netns", "exec", namespace])
            .arg(program)
            .args(arguments)
            .args(["--rate", &rate.to_string(), "--clients", &clients.to_string()])
            .args(["--loss", &loss.to_string(), "--delay", &delay.to_string()])
            .args(["--seconds", &seconds.as_secs_f64().to_string(), "--seed", &seed.to_string()])
            // It ends when this closes, also when this process dies.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("`ip netns exec` cannot be started")?;
        Ok(Running(child))
    }
}

/// A process that ends with this.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Part {
    /// Runs the server, or the clients.
    ///
    /// # Errors
    ///
    /// The server does not start, or a client loses its connection.
    pub(crate) fn run(self) -> Result<()> {
        process::end_with_parent();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match self.way {
            None => runtime.block_on(server::run(self.options)),
            Some(way) => {
                let Ages { ages, came } =
                    runtime.block_on(client::run(self.options, way, &self.hash))?;
                let mut out = std::io::stdout().lock();
                writeln!(out, "{came}")?;
                for value in ages.iter_recorded() {
                    writeln!(out, "{} {}", value.value_iterated_to(), value.count_at_value())?;
                }
                Ok(())
            }
        }
    }
}

//! Storm: the cost of connecting, and the time until all clients of a lost network are back.

use anyhow::{Result, ensure};
use clap::Args;

use super::{AT_ONCE, Scenario};
use crate::cli::Common;
use crate::generator::{
    Exchange, Generator, Load, Message, Nanos, Outgoing, Pace, Template, Traffic,
};
use crate::peers::{PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

/// The messages a second of those that stay connected.
const RATE: u64 = 2000;

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The number of clients that connect
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// The number of clients that connect at the same time; by default 32, and all with --reconnect
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    at_once: Option<u32>,
    /// Connects all clients, resets all their connections, and measures how they come back
    #[arg(long)]
    reconnect: bool,
    /// The number of clients that stay connected, and send 2,000 messages a second together
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    bystanders: u32,
}

impl Options {
    fn at_once(&self) -> usize {
        match self.at_once {
            Some(count) => count as usize,
            None if self.reconnect => self.connections as usize,
            None => AT_ONCE,
        }
    }
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Connect
    }

    fn title(&self) -> String {
        format!(
            "{} storm over {}: {} clients, {} at once, up to the reply to a request of {} bytes; {} bystanders \
             send {RATE} messages/s",
            if self.reconnect { "reconnect" } else { "connect" },
            self.common.transport,
            self.connections,
            self.at_once(),
            self.common.payload,
            self.bystanders
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::compared("connections/s", Unit::Rate),
            Column::compared("CPU/connect", Unit::Nanos),
            Column::compared("all connected", Unit::Nanos),
            Column::plain("bystanders' p99 before", Unit::Nanos),
            Column::compared("meanwhile", Unit::Nanos),
            Column::plain("retries", Unit::Rate),
        ]
    }

    fn connections(&self) -> usize {
        self.bystanders as usize + self.connections as usize
    }

    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let bystanders = self.bystanders as usize;
        let others = bystanders..self.connections();
        let traffic = |pace| self.common.traffic(peer, Exchange::Request, pace);
        let mut load = Crowd {
            bystanders: traffic(Pace::Rate(RATE)),
            first: traffic(Pace::InFlight(1)).template().clone(),
            count: bystanders,
            silent: 0,
        };
        let mut generator = Generator::new(server.target().clone())?;
        generator.connect(bystanders, AT_ONCE, &mut load)?;
        if self.reconnect {
            generator.connect(others.len(), AT_ONCE, &mut load)?;
            generator.run_out(&mut load)?;
        }
        load.bystanders.begin_on(0..bystanders, &mut generator)?;
        generator.run_for(std::time::Duration::from_millis(500), &mut load)?;
        let p99 = |load: &mut Crowd| load.bystanders.latency().value_at_quantile(0.99) as f64;
        let before = p99(&mut load);

        load.bystanders.reset();
        // A server that is too busy closes what it does not get to in time.
        generator.allow_retries(others.len());
        let meter = Meter::start(server)?;
        if self.reconnect {
            generator.reset(others.clone())?;
            generator.reconnect(others.clone(), self.at_once(), &mut load)?;
        } else {
            generator.connect(others.len(), self.at_once(), &mut load)?;
        }
        generator.run_until(&mut load, |load| load.silent == 0)?;
        let used = meter.stop(server)?;
        load.bystanders.stop();
        generator.run_out(&mut load)?;
        let connections = others.len() as f64;
        Ok(vec![
            connections / used.seconds,
            used.server * 1e9 / connections,
            used.seconds * 1e9,
            before,
            p99(&mut load),
            generator.retries() as f64,
        ])
    }
}

/// Clients that make one request when they are connected, and in front of them those that stay.
struct Crowd {
    bystanders: Traffic,
    first: Template,
    /// The number of bystanders.
    count: usize,
    /// The number of clients whose request is not answered.
    silent: u64,
}

impl Load for Crowd {
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()> {
        if connection < self.count {
            return self.bystanders.received(connection, message, now);
        }
        ensure!(
            matches!(message, Message::Response { id: 1, .. }) && self.silent > 0,
            "the reply to the first request is not one: {message:?}"
        );
        self.silent -= 1;
        Ok(())
    }

    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>) {
        if connection < self.count {
            self.bystanders.fill(connection, now, out);
        }
    }

    fn outstanding(&self) -> u64 {
        self.bystanders.outstanding() + self.silent
    }

    fn opened(&mut self, connection: usize, _: Nanos, out: &mut Outgoing<'_>) {
        if connection >= self.count {
            out.request(1, &self.first);
            self.silent += 1;
        }
    }

    fn next(&self) -> Option<Nanos> {
        self.bystanders.next()
    }

    fn due(&mut self, now: Nanos) -> Option<usize> {
        self.bystanders.due(now)
    }
}

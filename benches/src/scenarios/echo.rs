//! Echo: messages and their answers, in a closed or an open loop.

mod workers;

use anyhow::Result;
use clap::Args;

use super::{AT_ONCE, Scenario};
use crate::cli::{Common, Length};
use crate::generator::{Exchange, Generator, Pace};
use crate::peers::{Peer, PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    length: Length,
    /// The number of connected clients
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// The number of messages that each client keeps unanswered
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    in_flight: u64,
    /// Sends so many messages a second over all connections, answered or not, and counts the latency from the time at
    /// which each was due
    #[arg(long, conflicts_with = "in_flight", value_name = "MESSAGES/S")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// Sends notifies, which the server answers with a push, in place of requests
    #[arg(long)]
    push: bool,
}

impl Options {
    fn exchange(&self) -> Exchange {
        if self.push { Exchange::Push } else { Exchange::Request }
    }
}

impl Scenario for Options {
    fn work(&self) -> Work {
        if self.push { Work::Push } else { Work::Echo }
    }

    fn title(&self) -> String {
        let pace = match self.rate {
            Some(rate) => format!("{rate} messages/s in an open loop"),
            None => format!("{} in flight on each", self.in_flight),
        };
        format!(
            "{} over {}: {} connections, {pace}, bodies of {} bytes",
            if self.push { "notify to push" } else { "echo" },
            self.common.transport,
            self.connections,
            self.common.payload
        )
    }

    fn columns(&self) -> Vec<Column> {
        const CLOSED: &[Column] = &[
            Column::compared("messages/s", Unit::Rate),
            Column::compared("CPU/message", Unit::Nanos),
            Column::plain("p50", Unit::Nanos),
            Column::plain("p99", Unit::Nanos),
            Column::plain("p99.9", Unit::Nanos),
            Column::plain("generator", Unit::Percent),
        ];
        // At a fixed rate, the latency is what is asked for.
        const OPEN: &[Column] = &[
            Column::plain("messages/s", Unit::Rate),
            Column::compared("CPU/message", Unit::Nanos),
            Column::plain("p50", Unit::Nanos),
            Column::compared("p99", Unit::Nanos),
            Column::compared("p99.9", Unit::Nanos),
            Column::plain("generator", Unit::Percent),
        ];
        if self.rate.is_some() { OPEN.to_vec() } else { CLOSED.to_vec() }
    }

    fn connections(&self) -> usize {
        self.connections as usize
    }

    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        if peer.peer == Peer::Colyseus {
            return workers::round(self, server);
        }
        let pace = self.rate.map_or(Pace::InFlight(self.in_flight), Pace::Rate);
        let mut load = self.common.traffic(peer, self.exchange(), pace);
        let mut generator = Generator::new(server.target().clone())?;
        generator.connect(self.connections(), AT_ONCE, &mut load)?;
        load.begin(&mut generator)?;
        generator.run_for(self.length.warm_up, &mut load)?;

        load.reset();
        let meter = Meter::start(server)?;
        match self.length.messages {
            Some(count) => generator.run_until(&mut load, |load| load.replies() >= count)?,
            None => generator.run_for(self.length.seconds, &mut load)?,
        }
        let used = meter.stop(server)?;
        let replies = load.replies() as f64;
        // Outstanding replies have to come, too, and the latency of late ones counts.
        load.stop();
        generator.run_out(&mut load)?;

        let latency = load.latency();
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|q| latency.value_at_quantile(q) as f64);
        Ok(vec![
            replies / used.seconds,
            used.server * 1e9 / replies,
            p50,
            p99,
            p999,
            used.generator / used.seconds * 100.0,
        ])
    }
}

//! Echo: requests and replies in a closed loop.

use anyhow::Result;
use clap::Args;

use super::Scenario;
use crate::cli::{Common, Length};
use crate::generator::{Generator, Payload, Pipeline, Template};
use crate::peers::{ECHO, PeerSpec, Work};
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
    /// The number of requests that each client keeps outstanding
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    in_flight: u64,
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Echo
    }

    fn title(&self) -> String {
        format!(
            "echo over {}: {} connections, {} in flight on each, bodies of {} bytes",
            self.common.transport, self.connections, self.in_flight, self.common.payload
        )
    }

    fn columns(&self) -> &'static [Column] {
        &[
            Column { title: "messages/s", unit: Unit::Rate, compared: true },
            Column { title: "CPU/message", unit: Unit::Nanos, compared: true },
            Column { title: "p50", unit: Unit::Nanos, compared: false },
            Column { title: "p99", unit: Unit::Nanos, compared: false },
            Column { title: "p99.9", unit: Unit::Nanos, compared: false },
            Column { title: "generator", unit: Unit::Percent, compared: false },
        ]
    }

    fn connections(&self) -> usize {
        self.connections as usize
    }

    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let template = Template::new(ECHO, &Payload::of_len(self.common.payload));
        let reply_len = self.common.payload + peer.echo_overhead();
        let mut load = Pipeline::new(template, self.in_flight, reply_len);
        let mut generator = Generator::new(server.address(), self.common.transport)?;
        generator.connect(self.connections())?;
        generator.send(0..self.connections(), &mut load)?;
        generator.run_for(self.length.warm_up, &mut load)?;

        load.reset();
        let meter = Meter::start(server)?;
        match self.length.messages {
            Some(count) => generator.run_until(&mut load, |load| load.replies() >= count)?,
            None => generator.run_for(self.length.seconds, &mut load)?,
        }
        let used = meter.stop(server)?;

        let replies = load.replies() as f64;
        let latency = load.latency();
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|q| latency.value_at_quantile(q) as f64);
        // Outstanding replies have to come, too.
        load.stop(true);
        generator.run_out(&mut load)?;
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

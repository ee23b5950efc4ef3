//! Idle: the cost of connections that do nothing.

use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::{AT_ONCE, Scenario};
use crate::cli::{Common, seconds};
use crate::generator::{Exchange, Generator, Pace};
use crate::peers::{PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

/// The connections before the first measurement of memory: they pay for what a server allocates once.
const FIRST: usize = 100;

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The number of connected clients
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// The seconds for which they stay idle
    #[arg(long, default_value = "3", value_parser = seconds)]
    seconds: Duration,
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Connect
    }

    fn title(&self) -> String {
        format!(
            "idle over {}: {} connections after one message of {} bytes on each, for {:?}",
            self.common.transport, self.connections, self.common.payload, self.seconds
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::compared("memory/connection", Unit::Bytes),
            Column::plain("idle CPU", Unit::Percent),
            Column::compared("CPU/connect", Unit::Nanos),
        ]
    }

    fn connections(&self) -> usize {
        FIRST + self.connections as usize
    }

    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let mut load = self.common.traffic(peer, Exchange::Request, Pace::InFlight(1));
        let mut generator = Generator::new(server.target().clone())?;
        // One message on each of some new connections.
        let mut open = |generator: &mut Generator, from: usize, to: usize| -> Result<()> {
            generator.connect(to - from, AT_ONCE, &mut load)?;
            load.begin_on(from..to, generator)?;
            load.stop();
            generator.run_out(&mut load)
        };

        open(&mut generator, 0, FIRST)?;
        let before = server.memory()?;
        let meter = Meter::start(server)?;
        open(&mut generator, FIRST, self.connections())?;
        let connecting = meter.stop(server)?;

        let meter = Meter::start(server)?;
        generator.run_for(self.seconds, &mut load)?;
        let idling = meter.stop(server)?;
        let after = server.memory()?;

        // A server that lost a connection would look cheap.
        load.begin(&mut generator)?;
        load.stop();
        generator.run_out(&mut load)?;

        let connections = f64::from(self.connections);
        Ok(vec![
            (after - before) / connections,
            idling.server / idling.seconds * 100.0,
            connecting.server * 1e9 / connections,
        ])
    }
}

//! Slow consumers: what members that do not read cost the server, and those who do.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Args;
use hdrhistogram::Histogram;

use super::{AT_ONCE, Scenario};
use crate::cli::{Common, seconds};
use crate::generator::{
    Generator, Load, Message, Nanos, Outgoing, Payload, Template, new_histogram,
};
use crate::peers::{BROADCAST, JOIN, PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

/// The connection of the one that speaks. The members are behind it.
const SPEAKER: usize = 0;
/// The interval at which the server's memory is looked at.
const GLANCE: Duration = Duration::from_millis(100);

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The number of members that read
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    members: u32,
    /// The number of members that do not
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    stalled: u32,
    /// The messages a second to all members
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// The seconds that are measured without, and again with, members that do not read
    #[arg(long, default_value = "6", value_parser = seconds)]
    seconds: Duration,
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Broadcast
    }

    fn title(&self) -> String {
        format!(
            "slow consumers over {}: {} members that read and {} that do not, {} broadcasts/s of {} bytes for {:?}",
            self.common.transport,
            self.members,
            self.stalled,
            self.rate,
            self.common.payload,
            self.seconds
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::compared("peak memory/stalled", Unit::Bytes),
            Column::plain("others' p99 before", Unit::Nanos),
            Column::compared("p99 meanwhile", Unit::Nanos),
            Column::plain("CPU/delivery before", Unit::Nanos),
            Column::compared("CPU meanwhile", Unit::Nanos),
        ]
    }

    fn connections(&self) -> usize {
        1 + self.members as usize + self.stalled as usize
    }

    fn round(&self, _: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let (members, stalled) = (self.members as usize, self.stalled as usize);
        let mut load = Speech::new(self);
        let mut generator = Generator::new(server.target().clone())?;
        generator.connect(1 + members, AT_ONCE, &mut load)?;
        generator.run_out(&mut load)?;
        let before = self.speak(&mut generator, &mut load, server)?;

        generator.connect(stalled, AT_ONCE, &mut load)?;
        generator.run_out(&mut load)?;
        generator.ignore(1 + members..1 + members + stalled)?;
        let memory = server.memory()?;
        let meanwhile = self.speak(&mut generator, &mut load, server)?;
        Ok(vec![
            (meanwhile.memory - memory).max(0.0) / stalled as f64,
            before.p99,
            meanwhile.p99,
            before.cpu,
            meanwhile.cpu,
        ])
    }
}

/// The measurements of one speech, in nanoseconds and bytes.
struct Measured {
    p99: f64,
    /// For each delivery to a member that reads.
    cpu: f64,
    /// The most that the server had.
    memory: f64,
}

impl Options {
    /// Speaks for some time, until all who read have heard it.
    fn speak(
        &self,
        generator: &mut Generator,
        load: &mut Speech,
        server: &ServerProcess,
    ) -> Result<Measured> {
        load.latency.reset();
        load.begin(generator.now());
        let meter = Meter::start(server)?;
        let end = generator.now() + self.seconds.as_nanos() as Nanos;
        let mut memory = server.memory()?;
        while generator.now() < end {
            generator.run_for(GLANCE.min(self.seconds), load)?;
            memory = memory.max(server.memory()?);
        }
        load.start = None;
        generator.run_out(load)?;
        let used = meter.stop(server)?;
        let heard = load.latency.len();
        ensure!(heard > 0, "nothing was said in {:?}: raise --rate or --seconds", self.seconds);
        let p99 = load.latency.value_at_quantile(0.99) as f64;
        Ok(Measured { p99, cpu: used.server * 1e9 / heard as f64, memory })
    }
}

/// One client that speaks to a group at a fixed rate, and the members of the group.
struct Speech {
    join: Template,
    speech: Template,
    len: usize,
    interval: Nanos,
    /// The beginning of this speech, while there is one.
    start: Option<Nanos>,
    /// The times at which the messages were due, of all speeches, and the number of those before this speech.
    due: Vec<Nanos>,
    earlier: usize,
    to_say: u32,
    /// By member that reads: the number of messages that it has heard.
    heard: Vec<usize>,
    outstanding: u64,
    latency: Histogram<u64>,
}

impl Speech {
    fn new(options: &Options) -> Self {
        Self {
            join: Template::new(JOIN, &[]),
            speech: Template::new(BROADCAST, &Payload::of_len(options.common.payload)),
            len: options.common.payload,
            interval: 1_000_000_000 / Nanos::from(options.rate),
            start: None,
            due: Vec::new(),
            earlier: 0,
            to_say: 0,
            heard: vec![0; options.members as usize],
            outstanding: 0,
            latency: new_histogram(),
        }
    }

    fn begin(&mut self, now: Nanos) {
        (self.start, self.earlier) = (Some(now), self.due.len());
    }
}

impl Load for Speech {
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()> {
        let body = match message {
            Message::Response { id, .. } => {
                ensure!(id == 1, "a reply has the id {id}");
                self.outstanding -= 1;
                return Ok(());
            }
            Message::Push { body, .. } => body,
        };
        let (len, expected) = (body.len(), self.len);
        ensure!(len == expected, "a push has {len} bytes in place of {expected}");
        let heard = connection.checked_sub(1).and_then(|member| self.heard.get_mut(member));
        let Some(heard) = heard else { bail!("nobody expects it") };
        let Some(due) = self.due.get(*heard) else { bail!("it receives more than was sent") };
        *heard += 1;
        self.latency.saturating_record(now.saturating_sub(*due));
        self.outstanding -= 1;
        Ok(())
    }

    fn fill(&mut self, connection: usize, _: Nanos, out: &mut Outgoing<'_>) {
        if connection == SPEAKER {
            (0..std::mem::take(&mut self.to_say)).for_each(|_| out.notify(&self.speech));
        }
    }

    fn outstanding(&self) -> u64 {
        self.outstanding
    }

    fn opened(&mut self, connection: usize, _: Nanos, out: &mut Outgoing<'_>) {
        if connection != SPEAKER {
            out.request(1, &self.join);
            self.outstanding += 1;
        }
    }

    fn next(&self) -> Option<Nanos> {
        let said = (self.due.len() - self.earlier) as Nanos;
        self.start.map(|start| start.saturating_add(said.saturating_mul(self.interval)))
    }

    fn due(&mut self, now: Nanos) -> Option<usize> {
        let at = self.next().filter(|at| *at <= now)?;
        self.due.push(at);
        self.to_say += 1;
        self.outstanding += self.heard.len() as u64;
        Some(SPEAKER)
    }
}

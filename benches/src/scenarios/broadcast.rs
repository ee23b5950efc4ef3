//! Broadcast: messages from one client to all members of a group.

use anyhow::{Result, bail, ensure};
use clap::Args;
use hdrhistogram::Histogram;

use super::{AT_ONCE, Scenario};
use crate::cli::{Common, Length};
use crate::generator::{
    Generator, Load, Message, Nanos, Outgoing, Payload, Template, new_histogram,
};
use crate::peers::{BROADCAST, JOIN, PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    length: Length,
    /// The number of members of the group
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    members: u32,
    /// The number of messages that are sent at once; the next burst follows when all members have them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    burst: u32,
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Broadcast
    }

    fn title(&self) -> String {
        format!(
            "broadcast over {}: {} members, bursts of {}, bodies of {} bytes",
            self.common.transport, self.members, self.burst, self.common.payload
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::compared("deliveries/s", Unit::Rate),
            Column::compared("CPU/delivery", Unit::Nanos),
            Column::plain("to last: p50", Unit::Nanos),
            Column::plain("p99", Unit::Nanos),
            Column::plain("generator", Unit::Percent),
        ]
    }

    fn connections(&self) -> usize {
        // The speaker is no member.
        self.members as usize + 1
    }

    fn round(&self, _: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let members = self.members as usize;
        let mut generator = Generator::new(server.target().clone())?;
        let mut audience = Audience::new(self);
        generator.connect(self.connections(), AT_ONCE, &mut audience)?;
        generator.send(0..members, &mut audience)?;
        generator.run_out(&mut audience)?;

        let burst = |generator: &mut Generator, audience: &mut Audience| -> Result<Nanos> {
            let start = generator.now();
            audience.to_say = self.burst;
            generator.send(members..members + 1, audience)?;
            generator.run_out(audience)?;
            Ok(generator.now() - start)
        };
        let warm = generator.now() + self.length.warm_up.as_nanos() as Nanos;
        while generator.now() < warm {
            burst(&mut generator, &mut audience)?;
        }

        audience.heard = 0;
        let mut latency: Histogram<u64> = new_histogram();
        let meter = Meter::start(server)?;
        let end = generator.now() + self.length.seconds.as_nanos() as Nanos;
        loop {
            latency.saturating_record(burst(&mut generator, &mut audience)?);
            let done = match self.length.messages {
                Some(count) => audience.heard >= count,
                None => generator.now() >= end,
            };
            if done {
                break;
            }
        }
        let used = meter.stop(server)?;

        let heard = audience.heard as f64;
        let [p50, p99] = [0.5, 0.99].map(|q| latency.value_at_quantile(q) as f64);
        Ok(vec![
            heard / used.seconds,
            used.server * 1e9 / heard,
            p50,
            p99,
            used.generator / used.seconds * 100.0,
        ])
    }
}

/// The members and, behind them, the one that speaks to them.
struct Audience {
    join: Template,
    speech: Template,
    len: usize,
    /// The members that have asked to join: they do so in their order.
    joined: usize,
    /// The number of messages that the speaker sends next.
    to_say: u32,
    /// By member: how many replies and pushes it waits for.
    waiting: Vec<u32>,
    outstanding: u64,
    heard: u64,
}

impl Audience {
    fn new(options: &Options) -> Self {
        Self {
            join: Template::new(JOIN, &[]),
            speech: Template::new(BROADCAST, &Payload::of_len(options.common.payload)),
            len: options.common.payload,
            joined: 0,
            to_say: 0,
            waiting: vec![0; options.members as usize],
            outstanding: 0,
            heard: 0,
        }
    }

    fn expect(&mut self, members: std::ops::Range<usize>, count: u32) {
        self.outstanding += members.len() as u64 * u64::from(count);
        self.waiting[members].iter_mut().for_each(|waiting| *waiting += count);
    }
}

impl Load for Audience {
    fn received(&mut self, connection: usize, message: Message<'_>, _: Nanos) -> Result<()> {
        let waiting = self.waiting.get_mut(connection).filter(|waiting| **waiting > 0);
        let Some(waiting) = waiting else { bail!("it receives more than was sent") };
        match message {
            Message::Response { id, .. } => ensure!(id == 1, "a reply has the id {id}"),
            Message::Push { body, .. } => {
                let (len, expected) = (body.len(), self.len);
                ensure!(len == expected, "a push has {len} bytes in place of {expected}");
                self.heard += 1;
            }
        }
        *waiting -= 1;
        self.outstanding -= 1;
        Ok(())
    }

    fn fill(&mut self, connection: usize, _: Nanos, out: &mut Outgoing<'_>) {
        let members = self.waiting.len();
        if connection < members && connection == self.joined {
            self.joined += 1;
            out.request(1, &self.join);
            self.expect(connection..connection + 1, 1);
        }
        if connection == members {
            let count = std::mem::take(&mut self.to_say);
            (0..count).for_each(|_| out.notify(&self.speech));
            self.expect(0..members, count);
        }
    }

    fn outstanding(&self) -> u64 {
        self.outstanding
    }
}

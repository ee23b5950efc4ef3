//! A closed loop: each connection keeps the same number of requests outstanding.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;

use super::{Load, Message, Nanos, Outgoing, Template};

/// The longest latency that is told from longer ones.
const LONGEST: Nanos = 60_000_000_000;

/// A load of equal requests, and the check of their replies.
#[derive(Debug)]
pub(crate) struct Pipeline {
    template: Template,
    in_flight: u64,
    reply_len: usize,
    clients: Vec<Client>,
    stopped: bool,
    outstanding: u64,
    replies: u64,
    latency: Histogram<u64>,
    /// Replies of the same latency, which are recorded at once.
    run: (Nanos, u64),
}

#[derive(Clone, Debug, Default)]
struct Client {
    sent: u64,
    answered: u64,
    /// The times at which requests were sent, and the number of them that wait for an answer.
    batches: VecDeque<(Nanos, u64)>,
}

impl Pipeline {
    /// A load that awaits replies with bodies of `reply_len` bytes.
    pub(crate) fn new(template: Template, in_flight: u64, reply_len: usize) -> Self {
        Self {
            template,
            in_flight,
            reply_len,
            clients: Vec::new(),
            stopped: false,
            outstanding: 0,
            replies: 0,
            latency: new_histogram(),
            run: (0, 0),
        }
    }

    /// The replies since the last [reset](Self::reset).
    pub(crate) fn replies(&self) -> u64 {
        self.replies
    }

    /// Forgets what was counted and timed.
    pub(crate) fn reset(&mut self) {
        self.replies = 0;
        self.run = (0, 0);
        self.latency.reset();
    }

    /// Sends nothing more, or again.
    pub(crate) fn stop(&mut self, stopped: bool) {
        self.stopped = stopped;
    }

    /// The latencies since the last [reset](Self::reset).
    pub(crate) fn latency(&mut self) -> &Histogram<u64> {
        self.record_run();
        &self.latency
    }

    fn record_run(&mut self) {
        let (latency, count) = std::mem::take(&mut self.run);
        if count > 0 {
            self.latency.saturating_record_n(latency, count);
        }
    }
}

pub(crate) fn new_histogram() -> Histogram<u64> {
    // Two digits keep the histogram in the core's cache.
    Histogram::new_with_bounds(1, LONGEST, 2).expect("the bounds are in order")
}

impl Load for Pipeline {
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()> {
        let Message::Response { id, body } = message else { bail!("a push is not expected") };
        let client = &mut self.clients[connection];
        client.answered += 1;
        let expected = client.answered;
        ensure!(id == expected, "the reply to {id} came in place of the reply to {expected}");
        ensure!(
            body.len() == self.reply_len,
            "the reply to {id} has {} bytes in place of {}: {:?}",
            body.len(),
            self.reply_len,
            String::from_utf8_lossy(body),
        );
        let Some((sent, waiting)) = client.batches.front_mut() else {
            bail!("a reply to {id} came, which was not sent");
        };
        let latency = now.saturating_sub(*sent);
        *waiting -= 1;
        if *waiting == 0 {
            client.batches.pop_front();
        }
        self.outstanding -= 1;
        self.replies += 1;
        if self.run.0 != latency {
            self.record_run();
            self.run.0 = latency;
        }
        self.run.1 += 1;
        Ok(())
    }

    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>) {
        if self.stopped {
            return;
        }
        if connection >= self.clients.len() {
            self.clients.resize(connection + 1, Client::default());
        }
        let client = &mut self.clients[connection];
        let count = self.in_flight - (client.sent - client.answered);
        for _ in 0..count {
            client.sent += 1;
            out.request(client.sent, &self.template);
        }
        if count > 0 {
            client.batches.push_back((now, count));
        }
        self.outstanding += count;
    }

    fn outstanding(&self) -> u64 {
        self.outstanding
    }
}

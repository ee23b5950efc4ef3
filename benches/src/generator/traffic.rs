//! Equal messages and the check of their answers, in a closed or in an open loop.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;

use super::{Generator, Load, Message, Nanos, Outgoing, Template};

/// The longest latency that is told from longer ones.
const LONGEST: Nanos = 60_000_000_000;

/// The kind of the messages, and of what answers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// Requests and their replies.
    Request,
    /// Notifies, each of which makes the server push one message to the same client.
    Push,
}

/// The times at which messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A closed loop: each connection keeps so many messages unanswered. A server that stops is sent nothing.
    InFlight(u64),
    /// An open loop: so many messages a second over all connections, in turn, whether they are answered or not. The
    /// latency is counted from the time at which a message was due, so that a server that stops for a moment has the
    /// latency that clients would have seen.
    Rate(u64),
}

/// A load of equal messages, and the check of their answers.
#[derive(Debug)]
pub struct Traffic {
    template: Template,
    exchange: Exchange,
    pace: Pace,
    answer_len: Option<usize>,
    clients: Vec<Client>,
    /// The number of messages that were due in an open loop, and the time of the first.
    due: u64,
    start: Nanos,
    stopped: bool,
    outstanding: u64,
    replies: u64,
    latency: Histogram<u64>,
    /// Answers of the same latency, which are recorded at once.
    run: (Nanos, u64),
}

#[derive(Clone, Debug, Default)]
struct Client {
    sent: u64,
    answered: u64,
    /// The times at which messages were sent, or due, and the number of them that wait for an answer.
    batches: VecDeque<(Nanos, u64)>,
    /// The times of those that are due.
    due: VecDeque<Nanos>,
}

impl Traffic {
    /// A load that begins with [`begin`](Self::begin), and takes answers of any length.
    pub fn new(template: Template, exchange: Exchange, pace: Pace) -> Self {
        Self {
            template,
            exchange,
            pace,
            answer_len: None,
            clients: Vec::new(),
            due: 0,
            start: 0,
            stopped: true,
            outstanding: 0,
            replies: 0,
            latency: new_histogram(),
            run: (0, 0),
        }
    }

    /// Fails the run when an answer's body has another length.
    pub fn answer_len(mut self, bytes: usize) -> Self {
        self.answer_len = Some(bytes);
        self
    }

    /// Sends, or sends again, on all connections.
    ///
    /// # Errors
    ///
    /// A connection has ended.
    pub fn begin(&mut self, generator: &mut Generator) -> Result<()> {
        self.begin_on(0..generator.connections(), generator)
    }

    /// Sends on some connections. Those in front of them are part of an open loop, too.
    pub(crate) fn begin_on(
        &mut self,
        range: std::ops::Range<usize>,
        generator: &mut Generator,
    ) -> Result<()> {
        self.start(range.end, generator.now());
        if matches!(self.pace, Pace::InFlight(_)) {
            generator.send(range, self)?;
        }
        Ok(())
    }

    fn start(&mut self, clients: usize, now: Nanos) {
        self.clients.resize(clients, Client::default());
        (self.stopped, self.due, self.start) = (false, 0, now);
    }

    /// Sends nothing more.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Returns what is sent.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Returns the number of answers since the last [reset](Self::reset).
    pub fn replies(&self) -> u64 {
        self.replies
    }

    /// Forgets what was counted and timed, such as the warm-up.
    pub fn reset(&mut self) {
        self.replies = 0;
        self.run = (0, 0);
        self.latency.reset();
    }

    /// Returns the latencies in nanoseconds since the last [reset](Self::reset).
    pub fn latency(&mut self) -> &Histogram<u64> {
        self.record_run();
        &self.latency
    }

    fn record_run(&mut self) {
        let (latency, count) = std::mem::take(&mut self.run);
        if count > 0 {
            self.latency.saturating_record_n(latency, count);
        }
    }

    fn record(&mut self, latency: Nanos) {
        if self.run.0 != latency {
            self.record_run();
            self.run.0 = latency;
        }
        self.run.1 += 1;
    }
}

/// A histogram of nanoseconds, or of other numbers up to a minute of them.
///
/// # Panics
///
/// Never: its bounds are in order.
pub fn new_histogram() -> Histogram<u64> {
    // Two digits keep the histogram in the core's cache.
    Histogram::new_with_bounds(1, LONGEST, 2).expect("the bounds are in order")
}

impl Load for Traffic {
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()> {
        let Some(client) = self.clients.get_mut(connection) else { bail!("it did not send yet") };
        client.answered += 1;
        let expected = client.answered;
        let (id, body) = match (self.exchange, message) {
            (_, Message::Response { is_error: true, body, .. }) => {
                bail!("the server answers with an error: {}", String::from_utf8_lossy(body))
            }
            (Exchange::Request, Message::Response { id, body, .. }) => (id, body),
            (Exchange::Push, Message::Push { body, .. }) => (expected, body),
            (Exchange::Request, Message::Push { .. }) => bail!("a push is not expected"),
            (Exchange::Push, Message::Response { .. }) => bail!("a reply is not expected"),
        };
        ensure!(id == expected, "the reply to {id} came in place of the reply to {expected}");
        ensure!(
            self.answer_len.is_none_or(|len| len == body.len()),
            "the reply to {id} has {} bytes in place of {}: {:?}",
            body.len(),
            self.answer_len.unwrap_or_default(),
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
        self.record(latency);
        Ok(())
    }

    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>) {
        if self.stopped {
            return;
        }
        let Some(client) = self.clients.get_mut(connection) else { return };
        let count = match self.pace {
            Pace::InFlight(most) => {
                let count = most - (client.sent - client.answered);
                if count > 0 {
                    client.batches.push_back((now, count));
                }
                count
            }
            Pace::Rate(_) => {
                let count = client.due.len() as u64;
                client.batches.extend(client.due.drain(..).map(|at| (at, 1)));
                count
            }
        };
        for _ in 0..count {
            client.sent += 1;
            match self.exchange {
                Exchange::Request => out.request(client.sent, &self.template),
                Exchange::Push => out.notify(&self.template),
            }
        }
        self.outstanding += count;
    }

    fn outstanding(&self) -> u64 {
        self.outstanding
    }

    fn next(&self) -> Option<Nanos> {
        let Pace::Rate(rate) = self.pace else { return None };
        let after = u128::from(self.due) * 1_000_000_000 / u128::from(rate.max(1));
        let after = u64::try_from(after).unwrap_or(u64::MAX);
        (!self.stopped && !self.clients.is_empty()).then(|| self.start.saturating_add(after))
    }

    fn due(&mut self, now: Nanos) -> Option<usize> {
        let at = self.next().filter(|at| *at <= now)?;
        let client = (self.due % self.clients.len() as u64) as usize;
        self.due += 1;
        self.clients[client].due.push_back(at);
        Some(client)
    }
}

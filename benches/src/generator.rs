//! The load generator: many connections on one thread, polled with epoll.
//!
//! It has to be lighter than the server that it loads. All connections share one read and one write
//! buffer, a wakeup of a connection costs one read and one write, and no message allocates.
//!
//! A [`Target`] is the server, a [`Generator`] has the connections to it, and a [`Load`] says what they send and
//! checks what they receive. [`Traffic`] is the load that most need: equal messages, either so many in flight on each
//! connection, or so many a second.
//!
//! # Examples
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use nano_bench::Transport;
//! use nano_bench::generator::{Exchange, Generator, Pace, Target, Template, Traffic};
//!
//! let target = Target::new("127.0.0.1:3250".parse()?, Transport::Tcp);
//! let request = Template::new("room.message", br#"{"text":"hello"}"#);
//! // 1,000 requests a second, whether the server keeps up or not.
//! let mut traffic = Traffic::new(request, Exchange::Request, Pace::Rate(1000));
//! let mut generator = Generator::new(target)?;
//! generator.connect(100, 32, &mut traffic)?;
//! traffic.begin(&mut generator)?;
//! generator.run_for(Duration::from_secs(10), &mut traffic)?;
//! traffic.stop();
//! generator.run_out(&mut traffic)?;
//! let p99 = Duration::from_nanos(traffic.latency().value_at_quantile(0.99));
//! println!("{} replies, 99 % of them within {p99:?}", traffic.replies());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod connecting;
mod connection;
mod conversation;
mod frame;
mod load;
mod packet;
#[cfg(feature = "scenarios")]
mod payload;
mod stream;
mod target;
#[cfg(test)]
mod tests;
mod tick;
mod traffic;

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use mio::{Events, Poll};

#[cfg(feature = "scenarios")]
pub(crate) use connection::opening;
use connection::{Connection, Phase};
pub use hdrhistogram::Histogram;
pub use load::Load;
pub use packet::{Message, Outgoing, Route, Template};
#[cfg(feature = "scenarios")]
pub(crate) use payload::{Payload, ProtobufPayload};
pub use target::Target;
pub use traffic::{Exchange, Pace, Traffic, new_histogram};

/// Nanoseconds since the generator began.
pub type Nanos = u64;

/// The room for what one read finds. A packet has 64 KiB at most.
const INPUT: usize = 128 * 1024;
/// The time before something is due in which the generator does not sleep: the kernel wakes it late.
const AWAKE: Nanos = 2_000_000;
/// The longest silence of a server that still has to send something.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections to one server.
#[derive(Debug)]
pub struct Generator {
    target: Target,
    poll: Poll,
    events: Events,
    /// `None` for those that were reset.
    connections: Vec<Option<Connection>>,
    /// The number of connections whose handshake is not done.
    opening: usize,
    /// The connections by the time of their start. Some are open, or were started anew.
    started: VecDeque<(Instant, usize)>,
    /// The number of connections that may still be opened anew, and of those that were.
    retries: (usize, usize),
    input: Vec<u8>,
    output: Vec<u8>,
    start: Instant,
    heard: Instant,
    /// The last time at which the connections did what is due by the time.
    ticked: Instant,
    /// See [`PATIENCE`].
    patience: Duration,
}

impl Generator {
    /// A generator without connections.
    ///
    /// # Errors
    ///
    /// The system has no more file descriptors.
    pub fn new(target: Target) -> Result<Self> {
        Ok(Self {
            target,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            connections: Vec::new(),
            opening: 0,
            started: VecDeque::new(),
            retries: (0, 0),
            input: vec![0; INPUT],
            output: Vec::new(),
            start: Instant::now(),
            heard: Instant::now(),
            ticked: Instant::now(),
            patience: PATIENCE,
        })
    }

    /// Ends connections as a lost network does: with a reset, all at once.
    ///
    /// # Errors
    ///
    /// The system refuses, which it does not.
    pub fn reset(&mut self, range: Range<usize>) -> Result<()> {
        for connection in self.connections[range].iter_mut().filter_map(Option::take) {
            connection.reset()?;
        }
        Ok(())
    }

    /// Reads no more from some connections, which stay open.
    ///
    /// # Errors
    ///
    /// The system refuses, which it does not.
    pub fn ignore(&mut self, range: Range<usize>) -> Result<()> {
        self.connections[range].iter_mut().flatten().try_for_each(|one| one.ignore(&self.poll))
    }

    /// Lets some connections send without having received anything.
    ///
    /// # Errors
    ///
    /// A connection has ended.
    pub fn send(&mut self, connections: Range<usize>, load: &mut impl Load) -> Result<()> {
        for index in connections {
            let now = self.now();
            self.fill(index, now, load)?;
        }
        Ok(())
    }

    /// Receives and sends for some time.
    ///
    /// # Errors
    ///
    /// A connection has ended; a message is wrong; nothing arrived for ten seconds although something is outstanding.
    pub fn run_for(&mut self, time: Duration, load: &mut impl Load) -> Result<()> {
        let end = Instant::now() + time;
        self.run_until(load, |_| Instant::now() >= end)
    }

    /// Receives and sends until nothing is outstanding.
    ///
    /// # Errors
    ///
    /// As for [`run_for`](Self::run_for).
    pub fn run_out(&mut self, load: &mut impl Load) -> Result<()> {
        self.run_until(load, |load| load.outstanding() == 0)
    }

    /// Receives and sends until `done`, which is asked after each round of events.
    ///
    /// # Errors
    ///
    /// As for [`run_for`](Self::run_for).
    pub fn run_until<L: Load>(
        &mut self,
        load: &mut L,
        mut done: impl FnMut(&L) -> bool,
    ) -> Result<()> {
        self.heard = Instant::now();
        while !done(load) {
            self.turn(load)?;
        }
        Ok(())
    }

    /// Returns the number of connections, those that were reset included.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Returns the time.
    pub fn now(&self) -> Nanos {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Waits for events and handles them, then sends what is due.
    fn turn(&mut self, load: &mut impl Load) -> Result<()> {
        let pause = load.next().map(|at| match at.saturating_sub(self.now()) {
            left if left < AWAKE => Duration::ZERO,
            left => self.tick().min(Duration::from_nanos(left - AWAKE / 2)),
        });
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(1));
        let polled = self.poll.poll(&mut events, Some(pause.unwrap_or(self.tick())));
        let handled = match polled {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error.into()),
            Ok(()) => self.handle(&events, load),
        };
        self.events = events;
        handled?;
        self.tick_all(load)?;
        // What becomes due meanwhile waits: a load that the generator cannot make must not keep it from reading.
        let now = self.now();
        while let Some(index) = load.due(now) {
            self.fill(index, now, load).or_else(|error| self.lose(index, error, load))?;
        }
        Ok(())
    }

    fn handle(&mut self, events: &Events, load: &mut impl Load) -> Result<()> {
        if !events.is_empty() {
            self.heard = Instant::now();
        } else if self.heard.elapsed() >= self.patience {
            let (opening, outstanding, patience) =
                (self.opening, load.outstanding(), self.patience);
            ensure!(
                opening == 0,
                "nothing arrived for {patience:?}, and {opening} connections are not open"
            );
            ensure!(
                outstanding == 0,
                "nothing arrived for {patience:?}, and {outstanding} messages are outstanding"
            );
        }
        for event in events {
            let index = event.token().0;
            let result =
                if event.is_readable() { self.wake(index, load) } else { self.write(index) };
            result.or_else(|error| self.retry(index, error, load))?;
        }
        Ok(())
    }

    /// Takes in all that a connection received, then sends what follows from it.
    fn wake(&mut self, index: usize, load: &mut impl Load) -> Result<()> {
        let Some(connection) = &mut self.connections[index] else { return Ok(()) };
        let transport = self.target.transport;
        let start = self.start;
        let time = || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut now = time();
        let mut out = Outgoing::new(transport, &mut self.output);
        while let Some((bytes, more)) = connection.read(&mut self.input)? {
            now = time();
            let mut used = 0;
            if connection.phase == Phase::Upgrading {
                used = connection.upgraded(bytes, &self.target.handshake, &mut out)?;
            }
            let len = bytes.len();
            if connection.phase != Phase::Upgrading {
                let phase = &mut connection.phase;
                used +=
                    packet::read(transport, &bytes[used..], |kind, body| match (kind, *phase) {
                        (packet::HANDSHAKE, Phase::Handshaking) => {
                            load.welcomed(index, &connection::accepted(body)?)?;
                            *phase = Phase::Open;
                            self.opening -= 1;
                            out.packet(packet::HANDSHAKE_ACK, &[]);
                            load.opened(index, now, &mut out);
                            Ok(())
                        }
                        (packet::DATA, Phase::Open) => {
                            load.received(index, Message::read(body)?, now)
                        }
                        (packet::HEARTBEAT, _) => {
                            out.packet(packet::HEARTBEAT, &[]);
                            Ok(())
                        }
                        (packet::KICK, _) => bail!("kicked: {}", String::from_utf8_lossy(body)),
                        (kind, phase) => {
                            bail!("a packet of type {kind} is not expected: {phase:?}")
                        }
                    })?;
            }
            connection.keep(&self.input[used..len]);
            if !more {
                break;
            }
        }
        if connection.phase == Phase::Open {
            load.fill(index, now, &mut out);
        }
        self.write(index)
    }

    fn fill(&mut self, index: usize, now: Nanos, load: &mut impl Load) -> Result<()> {
        load.fill(index, now, &mut Outgoing::new(self.target.transport, &mut self.output));
        self.write(index)
    }

    fn write(&mut self, index: usize) -> Result<()> {
        let written = match &mut self.connections[index] {
            Some(connection) => connection.write(&self.output),
            None => Ok(()),
        };
        self.output.clear();
        written
    }
}

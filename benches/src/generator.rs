//! The load generator: many connections on one thread, polled with epoll.
//!
//! It has to be lighter than the server that it loads. All connections share one read and one write
//! buffer, a wakeup of a connection costs one read and one write, and no message allocates.

mod connection;
mod frame;
mod packet;
mod payload;
mod pipeline;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use mio::{Events, Poll};

use connection::Connection;
pub(crate) use packet::{Message, Outgoing, Template};
pub(crate) use payload::Payload;
pub(crate) use pipeline::{Pipeline, new_histogram};

use crate::transport::Transport;

/// Nanoseconds since the generator began.
pub(crate) type Nanos = u64;

/// The room for what one read finds. A packet has 64 KiB at most.
const INPUT: usize = 128 * 1024;
/// The interval at which the end of a run is checked while nothing arrives.
const TICK: Duration = Duration::from_millis(20);
/// The longest silence of a server that still has to send something.
const PATIENCE: Duration = Duration::from_secs(10);

/// The messages that are sent, and the check of those that are received.
pub(crate) trait Load {
    /// Counts a message, or reports what is wrong with it.
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()>;

    /// Adds what a connection sends next, after all that it received was taken in.
    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>);

    /// The number of messages that the server still has to send.
    fn outstanding(&self) -> u64;
}

/// The connections to one server.
#[derive(Debug)]
pub(crate) struct Generator {
    address: SocketAddr,
    transport: Transport,
    poll: Poll,
    connections: Vec<Connection>,
    input: Vec<u8>,
    output: Vec<u8>,
    start: Instant,
}

/// All that a client says over TCP that makes one request, to a route without a payload.
pub(crate) fn opening(route: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = Outgoing::new(Transport::Tcp, &mut bytes);
    out.packet(packet::HANDSHAKE, connection::HANDSHAKE);
    out.packet(packet::HANDSHAKE_ACK, &[]);
    out.request(1, &Template::new(route, &[]));
    bytes
}

impl Generator {
    pub(crate) fn new(address: SocketAddr, transport: Transport) -> Result<Self> {
        Ok(Self {
            address,
            transport,
            poll: Poll::new()?,
            connections: Vec::new(),
            input: vec![0; INPUT],
            output: Vec::new(),
            start: Instant::now(),
        })
    }

    /// Opens more connections, handshake included, one after another.
    pub(crate) fn connect(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            let index = self.connections.len();
            let connection = Connection::open(self.address, self.transport, &self.poll, index);
            self.connections.push(connection.with_context(|| format!("connection {index}"))?);
        }
        Ok(())
    }

    /// Lets some connections send without having received anything.
    pub(crate) fn send(
        &mut self,
        connections: std::ops::Range<usize>,
        load: &mut impl Load,
    ) -> Result<()> {
        for index in connections {
            let now = self.now();
            self.fill(index, now, load)?;
        }
        Ok(())
    }

    /// Receives and sends for some time.
    pub(crate) fn run_for(&mut self, time: Duration, load: &mut impl Load) -> Result<()> {
        let end = Instant::now() + time;
        self.run_until(load, |_| Instant::now() >= end)
    }

    /// Receives and sends until nothing is outstanding.
    pub(crate) fn run_out(&mut self, load: &mut impl Load) -> Result<()> {
        self.run_until(load, |load| load.outstanding() == 0)
    }

    /// Receives and sends until `done`, which is asked after each round of events.
    pub(crate) fn run_until<L: Load>(
        &mut self,
        load: &mut L,
        mut done: impl FnMut(&L) -> bool,
    ) -> Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut heard = Instant::now();
        while !done(load) {
            match self.poll.poll(&mut events, Some(TICK)) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                result => result?,
            }
            if events.is_empty() {
                let outstanding = load.outstanding();
                ensure!(
                    outstanding == 0 || heard.elapsed() < PATIENCE,
                    "nothing arrived for {PATIENCE:?}, and {outstanding} messages are outstanding"
                );
                continue;
            }
            heard = Instant::now();
            for event in &events {
                let index = event.token().0;
                let result =
                    if event.is_readable() { self.wake(index, load) } else { self.write(index) };
                result.with_context(|| format!("connection {index}"))?;
            }
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> Nanos {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Takes in all that a connection received, then sends what follows from it.
    fn wake(&mut self, index: usize, load: &mut impl Load) -> Result<()> {
        let mut now = self.now();
        let mut beats = 0;
        while let Some((bytes, more)) = self.connections[index].read(&mut self.input)? {
            now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let used = packet::read(self.transport, bytes, |kind, body| match kind {
                packet::DATA => load.received(index, Message::read(body)?, now),
                packet::HEARTBEAT => {
                    beats += 1;
                    Ok(())
                }
                packet::KICK => bail!("kicked: {}", String::from_utf8_lossy(body)),
                kind => bail!("a packet of type {kind} is not expected"),
            })?;
            let rest = used..bytes.len();
            self.connections[index].keep(&self.input[rest]);
            if !more {
                break;
            }
        }
        let mut out = Outgoing::new(self.transport, &mut self.output);
        for _ in 0..beats {
            out.packet(packet::HEARTBEAT, &[]);
        }
        self.fill(index, now, load)
    }

    fn fill(&mut self, index: usize, now: Nanos, load: &mut impl Load) -> Result<()> {
        load.fill(index, now, &mut Outgoing::new(self.transport, &mut self.output));
        self.write(index)
    }

    fn write(&mut self, index: usize) -> Result<()> {
        let written = self.connections[index].write(&self.output);
        self.output.clear();
        written
    }
}

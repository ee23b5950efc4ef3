//! A transport with its buffers: bytes in, packets out.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::time::Instant;

use crate::Result;
use crate::codec::{Packet, PacketDecoder, PacketKind, packet};

use super::queue::Queued;
use super::transport::Transport;

/// The number of bytes that are read at once while the length of the next packet is unknown.
const READ_CHUNK: usize = 4 * 1024;

/// An event on the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Bytes have arrived.
    Read,
    /// All packets that were to be written are on their way.
    Written,
    /// The server has closed its side.
    Ended,
}

/// The socket's state, owned by one task.
#[derive(Debug)]
pub(super) struct Io<T> {
    transport: T,
    input: BytesMut,
    output: VecDeque<Queued>,
    /// The time since when the server has taken nothing of the queued packets; `None` when nothing is queued.
    stuck: Option<Instant>,
    limit: usize,
}

impl<T: Transport> Io<T> {
    pub(super) fn new(transport: T, limit: usize) -> Self {
        let (input, output) = Default::default();
        Self { transport, input, output, stuck: None, limit }
    }

    /// Queues a packet of the connection itself.
    pub(super) fn send(&mut self, kind: PacketKind, body: &[u8]) -> Result<()> {
        let mut out = BytesMut::new();
        packet::encode(kind, body, self.limit, &mut out)?;
        self.push(Queued::own(out.freeze()));
        Ok(())
    }

    pub(super) fn push(&mut self, queued: Queued) {
        self.output.push_back(queued);
        self.stuck.get_or_insert_with(Instant::now);
    }

    /// Returns `true` if the server does not learn of the end from the transport.
    pub(super) fn needs_goodbye(&self) -> bool {
        self.transport.needs_goodbye()
    }

    /// Returns `true` if all that was queued is on its way.
    pub(super) fn is_flushed(&self) -> bool {
        self.stuck.is_none()
    }

    /// Returns the time since when the server has taken nothing of the queued packets.
    pub(super) fn stuck(&self) -> Option<Instant> {
        self.stuck
    }

    fn backlog(&self) -> usize {
        self.output.iter().map(|queued| queued.packet.len()).sum()
    }

    /// Takes the next whole packet of what has arrived.
    pub(super) fn decode(&mut self, decoder: PacketDecoder) -> Result<Option<Packet>> {
        let packet = decoder.decode(&mut self.input)?;
        if packet.is_none() {
            // One read for the rest of a packet whose length is known, and checked.
            let wanted = decoder.frame_len(&self.input)?.unwrap_or(0).max(READ_CHUNK);
            self.input.reserve(wanted.saturating_sub(self.input.len()));
        }
        Ok(packet)
    }

    /// Writes what is queued and reads what has arrived.
    ///
    /// Both in one place, because a server may stop reading until it has been read from.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Event>> {
        if self.stuck.is_some() {
            let backlog = self.backlog();
            if self.transport.poll_write(cx, &mut self.output)?.is_ready() {
                self.stuck = None;
                return Poll::Ready(Ok(Event::Written));
            }
            if self.backlog() < backlog {
                self.stuck = Some(Instant::now());
            }
        }
        self.poll_read(cx)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Event>> {
        self.transport
            .poll_read(cx, &mut self.input)
            .map_ok(|len| if len == 0 { Event::Ended } else { Event::Read })
    }

    /// Closes this side, and reads on until the server has closed its own: closing a TCP socket that has
    /// unread bytes takes back what was written last.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        while !self.is_flushed() {
            if poll_fn(|cx| self.poll(cx)).await? == Event::Ended {
                return Ok(());
            }
            self.input.clear();
        }
        poll_fn(|cx| self.transport.poll_close(cx)).await?;
        while poll_fn(|cx| self.poll_read(cx)).await? != Event::Ended {
            self.input.clear();
        }
        Ok(())
    }
}

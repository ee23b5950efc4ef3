//! The datagrams that a flush sends, each with as many segments as fit.

use super::options::MAX_MTU;
use super::segment::{HEADER_LEN, Segment};

/// The datagrams of one flush.
pub(super) struct Packing<'a> {
    buffer: [u8; MAX_MTU],
    used: usize,
    mtu: usize,
    send: &'a mut dyn FnMut(&[u8]),
}

impl<'a> Packing<'a> {
    /// Datagrams of `mtu` bytes at most, which `send` is called with.
    pub(super) fn new(mtu: usize, send: &'a mut dyn FnMut(&[u8])) -> Self {
        Self { buffer: [0; MAX_MTU], used: 0, mtu: mtu.min(MAX_MTU), send }
    }

    /// Adds a segment, whose data fits into a datagram.
    pub(super) fn add(&mut self, segment: &Segment<'_>) {
        let len = HEADER_LEN + segment.data.len();
        if self.used + len > self.mtu {
            self.finish();
        }
        let (header, data) = self.buffer[self.used..self.used + len].split_at_mut(HEADER_LEN);
        header.copy_from_slice(&segment.header());
        data.copy_from_slice(segment.data);
        self.used += len;
    }

    /// Sends what is left.
    pub(super) fn finish(&mut self) {
        if self.used > 0 {
            (self.send)(&self.buffer[..self.used]);
            self.used = 0;
        }
    }
}

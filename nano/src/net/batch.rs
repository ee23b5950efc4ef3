//! Bytes on their way out: whole packets in order, as they are handed to the transport.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};

/// Packets up to this size are copied behind one another; larger ones keep their own memory, so that
/// a broadcast shares it.
pub(crate) const INLINE: usize = 512;

/// The bytes that are handed to the transport at a time, give or take a packet. The write deadline is for
/// one such batch.
pub(crate) const FULL: usize = 64 * 1024;

/// The largest number of segments in one vectored write.
const SLICES: usize = 16;

/// Bytes on their way out.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Created by the first packet with memory of its own: most connections never have one.
    segments: Option<Box<Segments>>,
    /// Behind the segments; copied packets, and what was written in the connection's own turn.
    tail: BytesMut,
    len: usize,
}

/// Packets with memory of their own, and what was copied between them.
#[derive(Debug, Default)]
struct Segments(VecDeque<Bytes>);

impl Batch {
    /// The number of bytes that are left.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn is_full(&self) -> bool {
        self.len >= FULL
    }

    /// Takes over what a turn wrote. Gives the buffer back if it is not needed.
    pub(crate) fn take_over(&mut self, written: BytesMut) -> Option<BytesMut> {
        self.len += written.len();
        if self.tail.is_empty() {
            let unused = std::mem::replace(&mut self.tail, written);
            return (unused.capacity() > 0).then_some(unused);
        }
        self.tail.extend_from_slice(&written);
        Some(written)
    }

    /// Copies packets, and returns their length.
    pub(crate) fn append(&mut self, packets: &[u8]) -> usize {
        self.tail.extend_from_slice(packets);
        self.len += packets.len();
        packets.len()
    }

    /// Takes packets with memory of their own, and returns their length.
    pub(crate) fn push(&mut self, packets: Bytes) -> usize {
        if packets.len() <= INLINE {
            return self.append(&packets);
        }
        if !self.tail.is_empty() {
            let tail = std::mem::take(&mut self.tail).freeze();
            self.segments.get_or_insert_default().0.push_back(tail);
        }
        let len = packets.len();
        self.len += len;
        self.segments.get_or_insert_default().0.push_back(packets);
        len
    }

    /// Gives up what is left.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The buffer of a batch that has been written.
    pub(crate) fn release(&mut self) -> Option<BytesMut> {
        let is_kept = self.is_empty() && self.tail.capacity() > 0;
        is_kept.then(|| std::mem::take(&mut self.tail))
    }

    /// Calls `write` with the bytes in order, as slices for one write.
    pub(crate) fn with_slices<R>(&self, write: impl FnOnce(&[IoSlice<'_>]) -> R) -> R {
        let Some(segments) = self.segments.as_deref().filter(|segments| !segments.0.is_empty())
        else {
            return write(&[IoSlice::new(&self.tail)]);
        };
        let mut slices = [IoSlice::new(&[]); SLICES];
        let count = segments.0.len() + usize::from(!self.tail.is_empty());
        for (slice, bytes) in slices.iter_mut().zip(self.all()) {
            *slice = IoSlice::new(bytes);
        }
        write(&slices[..count.min(SLICES)])
    }

    /// Calls `read` with all that was added after the first `len` bytes, whole packets at a time.
    pub(crate) fn read_from(&self, mut len: usize, mut read: impl FnMut(&[u8])) {
        for bytes in self.all() {
            let skipped = len.min(bytes.len());
            len -= skipped;
            read(&bytes[skipped..]);
        }
    }

    /// Returns the bytes in order.
    fn all(&self) -> impl Iterator<Item = &[u8]> {
        let segments = self.segments.iter().flat_map(|segments| segments.0.iter());
        segments.map(|segment| &segment[..]).chain([&self.tail[..]])
    }

    /// Takes `written` bytes off the front.
    pub(crate) fn advance(&mut self, mut written: usize) {
        self.len -= written;
        if self.len == 0 {
            // Cut off at its front instead, the buffer would be smaller when it is used again.
            if let Some(segments) = &mut self.segments {
                segments.0.clear();
            }
            self.tail.clear();
            return;
        }
        if let Some(segments) = &mut self.segments {
            while let Some(first) = segments.0.front_mut() {
                if written < first.len() {
                    first.advance(written);
                    return;
                }
                written -= first.len();
                segments.0.pop_front();
            }
        }
        self.tail.advance(written);
    }

    /// Calls `take` with all that waits, whole packets at a time.
    pub(crate) fn drain(&mut self, mut take: impl FnMut(&[u8])) {
        if let Some(segments) = &mut self.segments {
            segments.0.drain(..).for_each(|packets| take(&packets));
        }
        take(&self.tail);
        self.tail.clear();
        self.len = 0;
    }
}

#[cfg(test)]
mod tests;

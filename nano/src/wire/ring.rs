//! The data packets that were sent last, kept for a peer that misses them.

use std::collections::VecDeque;

use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};
use crate::codec::{PacketDecoder, PacketKind};

/// The last data packets of a session in one direction, in order. Nothing is allocated before the first, and after all are released.
#[derive(Debug)]
pub(crate) struct Ring {
    /// The packets one behind the other, with their headers.
    bytes: VecDeque<u8>,
    lengths: VecDeque<u32>,
    /// The number of packets before those that are kept.
    gone: u64,
    most_messages: usize,
    most_bytes: usize,
}

impl Ring {
    pub(crate) fn new(most_messages: usize, most_bytes: usize) -> Self {
        let (bytes, lengths) = Default::default();
        Self { bytes, lengths, gone: 0, most_messages, most_bytes }
    }

    /// Returns the number of data packets since the session began.
    pub(crate) fn sent(&self) -> u64 {
        self.gone + self.lengths.len() as u64
    }

    /// Keeps the data packets among `packets`, which are whole, and gives up the oldest for them.
    pub(crate) fn record(&mut self, mut packets: &[u8]) {
        let decoder = PacketDecoder::new(MAX_BODY_LEN);
        while let Ok(Some(packet)) = decoder.peek(packets) {
            let (whole, rest) = packets.split_at(packet.len());
            if packet.kind == PacketKind::Data {
                self.push(whole);
            }
            packets = rest;
        }
    }

    fn push(&mut self, packet: &[u8]) {
        debug_assert!(packet.len() >= HEADER_LEN);
        let fits = |ring: &Self| {
            ring.lengths.len() < ring.most_messages
                && ring.bytes.len() + packet.len() <= ring.most_bytes
        };
        while !fits(self) && self.drop_first() {}
        if fits(self) {
            self.bytes.extend(packet);
            self.lengths.push_back(packet.len() as u32);
        } else {
            // It is larger than all that is kept.
            self.gone += 1;
        }
    }

    fn drop_first(&mut self) -> bool {
        let Some(len) = self.lengths.pop_front() else { return false };
        self.bytes.drain(..len as usize);
        self.gone += 1;
        true
    }

    /// Returns `true` if everything behind the first `received` packets is kept.
    pub(crate) fn covers(&self, received: u64) -> bool {
        (self.gone..=self.sent()).contains(&received)
    }

    /// Gives up the first `received` packets, which the peer has.
    pub(crate) fn release(&mut self, received: u64) {
        while self.gone < received && self.drop_first() {}
        if self.lengths.is_empty() {
            self.bytes = VecDeque::new();
            self.lengths = VecDeque::new();
        }
    }

    /// Calls `send` with each packet that is kept, in order.
    pub(crate) fn replay(&mut self, mut send: impl FnMut(&[u8])) {
        let mut rest: &[u8] = self.bytes.make_contiguous();
        for len in &self.lengths {
            let (packet, behind) = rest.split_at(*len as usize);
            send(packet);
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::codec::packet;

    fn packets(bodies: &[&str]) -> BytesMut {
        let mut out = BytesMut::new();
        for body in bodies {
            let kind = if body.is_empty() { PacketKind::Heartbeat } else { PacketKind::Data };
            packet::encode(kind, body.as_bytes(), 100, &mut out).expect("it fits");
        }
        out
    }

    fn replayed(ring: &mut Ring) -> Vec<u8> {
        let mut out = Vec::new();
        ring.replay(|bytes| out.extend_from_slice(bytes));
        out
    }

    #[test]
    fn the_last_packets_are_kept_within_both_bounds() {
        // Three packets, or 30 bytes.
        let mut ring = Ring::new(3, 30);
        assert!(ring.covers(0) && !ring.covers(1));
        ring.record(&packets(&["a", "", "b", "", "c"]));
        assert_eq!((ring.sent(), replayed(&mut ring)), (3, packets(&["a", "b", "c"]).to_vec()));
        ring.record(&packets(&["d"]));
        assert_eq!(replayed(&mut ring), packets(&["b", "c", "d"]));
        let covered = (0..6).filter(|received| ring.covers(*received)).collect::<Vec<_>>();
        assert_eq!(covered, [1, 2, 3, 4]);
        // 20 bytes push out what is too much, and 31 everything.
        ring.record(&packets(&["a packet of 20 b"]));
        assert_eq!(
            (ring.sent(), replayed(&mut ring)),
            (5, packets(&["c", "d", "a packet of 20 b"]).to_vec())
        );
        ring.record(&packets(&["a packet of more than 30 bytes"]));
        assert_eq!((ring.sent(), replayed(&mut ring)), (6, vec![]));
        assert!(ring.covers(6) && !ring.covers(5));
    }

    #[test]
    fn released_packets_are_given_up_and_at_last_their_memory() {
        let mut ring = Ring::new(9, 900);
        ring.record(&packets(&["a", "b", "c"]));
        ring.release(2);
        assert_eq!(replayed(&mut ring), packets(&["c"]));
        // What was confirmed before, again.
        ring.release(1);
        assert_eq!(replayed(&mut ring), packets(&["c"]));
        ring.release(3);
        assert_eq!((ring.sent(), ring.bytes.capacity(), ring.lengths.capacity()), (3, 0, 0));
        ring.record(&packets(&["d"]));
        assert!(ring.covers(3) && ring.covers(4) && !ring.covers(2));
    }
}

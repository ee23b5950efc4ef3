//! The receiving side of a conversation: segments into the order of the stream, and their acks.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::packing::Packing;
use super::segment::{Command, Segment};

/// The number of acks that wait at most. More than this come from a peer that repeats what has arrived long ago.
const ACKS: usize = 128;

/// The segments that have come.
#[derive(Debug)]
pub(super) struct Receiver {
    /// The number of the segment that the stream continues with.
    next: u32,
    /// The segments behind it that came early: the first is the one after `next`.
    early: VecDeque<Option<Bytes>>,
    /// The bytes that the application has not read.
    ready: BytesMut,
    /// The numbers and times of the segments that are not confirmed.
    acks: VecDeque<(u32, u32)>,
    /// The peer may believe that there is no room.
    tells: bool,
    window: u16,
    /// The bytes that count as one segment of the window.
    segment_len: usize,
}

impl Receiver {
    pub(super) fn new(window: u16, segment_len: usize) -> Self {
        let (early, ready, acks) = Default::default();
        Self { next: 0, early, ready, acks, tells: false, window, segment_len }
    }

    #[cfg(test)]
    pub(super) fn start_at(&mut self, number: u32) {
        self.next = number;
    }

    /// Returns the number up to which everything has come.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// Returns the number of segments that there is room for.
    pub(super) fn room(&self) -> u16 {
        let unread = self.ready.len().div_ceil(self.segment_len);
        self.window.saturating_sub(u16::try_from(unread).unwrap_or(u16::MAX))
    }

    /// Returns the bytes that can be read.
    pub(super) fn readable(&self) -> &[u8] {
        &self.ready
    }

    /// Returns the number of segments that are to be confirmed.
    pub(super) fn unconfirmed(&self) -> usize {
        self.acks.len()
    }

    /// Returns `true` if there is nothing to tell the peer.
    pub(super) fn is_idle(&self) -> bool {
        self.acks.is_empty() && !self.tells
    }

    /// The peer asks for the room.
    pub(super) fn asked(&mut self) {
        self.tells = true;
    }

    /// Takes in a segment with data.
    pub(super) fn receive(&mut self, segment: &Segment<'_>) {
        let ahead = segment.number.wrapping_sub(self.next);
        let is_old = ahead > u32::MAX / 2;
        // What there is no room for is not confirmed: it comes again.
        if !is_old && (ahead >= u32::from(self.window) || self.room() == 0) {
            return;
        }
        if self.acks.len() == ACKS {
            self.acks.pop_front();
        }
        self.acks.push_back((segment.number, segment.time));
        if is_old {
            return;
        }
        match (ahead as usize).checked_sub(1) {
            None => self.continue_with(segment.data),
            Some(place) => {
                if self.early.len() <= place {
                    self.early.resize(place + 1, None);
                }
                let place = &mut self.early[place];
                if place.is_none() {
                    *place = Some(Bytes::copy_from_slice(segment.data));
                }
            }
        }
    }

    fn continue_with(&mut self, data: &[u8]) {
        self.ready.extend_from_slice(data);
        self.next = self.next.wrapping_add(1);
        // The place of the segment after the one that was taken is gone each time, filled or not.
        while let Some(Some(data)) = self.early.pop_front() {
            self.ready.extend_from_slice(&data);
            self.next = self.next.wrapping_add(1);
        }
        if self.early.is_empty() {
            self.early = VecDeque::new();
        }
    }

    /// Takes the first bytes away that can be read. Returns `true` if the peer, which had found no room, has to know.
    pub(super) fn take(&mut self, len: usize) -> bool {
        let was_full = self.room() == 0;
        self.ready.advance(len);
        if self.ready.is_empty() {
            // A conversation that waits holds no buffer.
            self.ready = BytesMut::new();
        }
        let has_opened = was_full && self.room() > 0;
        self.tells |= has_opened;
        has_opened
    }

    /// Sends the acks, and the room if the peer has to know it.
    pub(super) fn flush(&mut self, base: Segment<'_>, out: &mut Packing<'_>) {
        for (number, time) in std::mem::take(&mut self.acks) {
            out.add(&Segment { command: Command::Ack, number, time, ..base });
        }
        if std::mem::take(&mut self.tells) {
            out.add(&Segment { command: Command::Tell, ..base });
        }
    }
}

//! Datagrams of conversations that are not open: those of newcomers, and those that come too late.
//!
//! Anybody can write any address on a datagram. So a newcomer is asked for a sign that it receives what is sent to its
//! address, before anything is set up for it, and is never sent more than it sent itself. The question is a segment that
//! it has to confirm with the time in it, and this time is a code that only the listener can compute.

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use bytes::Bytes;

use super::recent::Recent;
use super::segment::{CHALLENGE_NUMBER, Command, HEADER_LEN, Key, Malformed, Segment, Segments};

/// The ended conversations that are remembered, and the time in milliseconds. It is longer than a code is good for.
const ENDED: usize = 4096;
const ENDED_TIME: u32 = 30_000;

/// The time for which a code is computed, in milliseconds. It is good for twice as long at most.
const CODE_TIME: u32 = 8_000;

/// The conversations of a socket that are not open.
#[derive(Debug)]
pub(super) struct Newcomers {
    /// The key of the codes.
    key: RandomState,
    firsts: Recent<Bytes>,
    /// When each ended.
    ended: Recent<u32>,
    window: u16,
}

/// The treatment of a datagram of no open conversation.
#[derive(Debug)]
pub(super) enum Meeting {
    /// There is nothing to say.
    Ignored,
    /// This is sent back.
    Asked {
        challenge: [u8; HEADER_LEN],
        /// The first datagram of another newcomer was forgotten.
        is_full: bool,
    },
    /// The address is the peer's own. Its first datagram may have been kept.
    Proven { key: Key, first: Option<Bytes> },
}

impl Newcomers {
    /// The first datagrams that are kept while the sign is awaited. Without its own, a newcomer repeats the datagram once
    /// it is let in.
    pub(super) const FIRSTS: usize = 1024;

    /// The window is the one that newcomers are told.
    pub(super) fn new(window: u16) -> Self {
        Self {
            key: RandomState::new(),
            firsts: Recent::new(Self::FIRSTS),
            ended: Recent::new(ENDED),
            window,
        }
    }

    /// Decides about a datagram.
    pub(super) fn meet(
        &mut self,
        peer: SocketAddr,
        datagram: &[u8],
        now: u32,
    ) -> Result<Meeting, Malformed> {
        let key = Key { peer, conv: Segments(datagram).conversation()? };
        if self.has_ended(&key, now) {
            return Ok(Meeting::Ignored);
        }
        let is_proof = |segment: Segment<'_>| {
            segment.command == Command::Ack
                && segment.number == CHALLENGE_NUMBER
                && self.is_code(&key, segment.time, now)
        };
        if Segments(datagram).flatten().any(is_proof) {
            return Ok(Meeting::Proven { key, first: self.firsts.take(&key) });
        }
        let Some(Ok(first)) = Segments(datagram).next() else { return Ok(Meeting::Ignored) };
        let is_first = first.command == Command::Push
            && (first.number, first.received) == (0, 0)
            && !first.data.is_empty();
        if !is_first {
            return Ok(Meeting::Ignored);
        }
        let is_full = self.firsts.note(key, Bytes::copy_from_slice(datagram));
        let challenge = Segment {
            conv: key.conv,
            command: Command::Push,
            fragment: 0,
            window: self.window,
            time: self.code(&key, now / CODE_TIME),
            number: CHALLENGE_NUMBER,
            received: 0,
            data: &[],
        };
        Ok(Meeting::Asked { challenge: challenge.header(), is_full })
    }

    /// Notes that a conversation has ended: what comes of it from now on gets nothing.
    pub(super) fn ended(&mut self, key: Key, now: u32) {
        self.ended.note(key, now);
    }

    fn has_ended(&self, key: &Key, now: u32) -> bool {
        let ended = self.ended.get(key);
        ended.is_some_and(|ended| now.wrapping_sub(*ended) < ENDED_TIME)
    }

    /// Returns the code for a conversation in a period.
    fn code(&self, key: &Key, period: u32) -> u32 {
        self.key.hash_one((key, period)) as u32
    }

    fn is_code(&self, key: &Key, code: u32, now: u32) -> bool {
        let period = now / CODE_TIME;
        let before = period.checked_sub(1);
        code == self.code(key, period)
            || before.is_some_and(|period| code == self.code(key, period))
    }
}

#[cfg(test)]
mod tests;

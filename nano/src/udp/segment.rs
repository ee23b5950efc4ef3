//! Segments, of which a datagram has one or more: a header, and data behind it.

use std::fmt;
use std::net::SocketAddr;

/// The length of a segment's header.
pub(super) const HEADER_LEN: usize = 24;

/// The number of the segment that asks a newcomer for a sign: the one before the first. Every implementation takes it for
/// one that it has already, and confirms it with the time that it carries.
pub(super) const CHALLENGE_NUMBER: u32 = u32::MAX;

/// A conversation at a socket: the number alone is the peer's to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) peer: SocketAddr,
    pub(super) conv: u32,
}

/// The meaning of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// It has data.
    Push = 81,
    /// It confirms the data with its number.
    Ack = 82,
    /// It asks for the peer's window.
    Ask = 83,
    /// It tells its sender's window.
    Tell = 84,
}

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) conv: u32,
    pub(super) command: Command,
    /// The number of segments that belong to the same message and come behind this one. A stream has no messages.
    pub(super) fragment: u8,
    /// The number of segments that the sender has room for.
    pub(super) window: u16,
    /// The time of its sender, or in an ack that of the receiver, in milliseconds.
    pub(super) time: u32,
    pub(super) number: u32,
    /// The number up to which the sender has received everything.
    pub(super) received: u32,
    pub(super) data: &'a [u8],
}

impl Segment<'_> {
    /// Returns the header as it is sent.
    pub(super) fn header(&self) -> [u8; HEADER_LEN] {
        let mut header = [0; HEADER_LEN];
        let words = [self.time, self.number, self.received, self.data.len() as u32];
        header[..4].copy_from_slice(&self.conv.to_le_bytes());
        header[4] = self.command as u8;
        header[5] = self.fragment;
        header[6..8].copy_from_slice(&self.window.to_le_bytes());
        for (place, word) in header[8..].chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        header
    }
}

/// The segments of a datagram, up to the first that cannot be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segments<'a>(pub(super) &'a [u8]);

impl Segments<'_> {
    /// Returns the conversation of the datagram; an error if it is not made of segments of one conversation.
    pub(super) fn conversation(self) -> Result<u32, Malformed> {
        let mut conv = None;
        for segment in self {
            let segment = segment?;
            if *conv.get_or_insert(segment.conv) != segment.conv {
                return Err(Malformed::Mixed);
            }
        }
        conv.ok_or(Malformed::Short(0))
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Result<Segment<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (segment, rest) = match parse(self.0) {
            Ok((segment, rest)) => (Ok(segment), rest),
            Err(malformed) => (Err(malformed), &[][..]),
        };
        self.0 = rest;
        Some(segment)
    }
}

fn parse(bytes: &[u8]) -> Result<(Segment<'_>, &[u8]), Malformed> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER_LEN>() else {
        return Err(Malformed::Short(bytes.len()));
    };
    let word = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let command = match header[4] {
        81 => Command::Push,
        82 => Command::Ack,
        83 => Command::Ask,
        84 => Command::Tell,
        other => return Err(Malformed::Command(other)),
    };
    let len = word(20);
    let Some((data, rest)) = rest.split_at_checked(len as usize) else {
        return Err(Malformed::Length { len, left: rest.len() });
    };
    let segment = Segment {
        conv: word(0),
        command,
        fragment: header[5],
        window: u16::from_le_bytes([header[6], header[7]]),
        time: word(8),
        number: word(12),
        received: word(16),
        data,
    };
    Ok((segment, rest))
}

/// The reason why a datagram cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Short(usize),
    Command(u8),
    Length { len: u32, left: usize },
    Mixed,
    Long,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(len) => write!(f, "{len} bytes are no segment, which has {HEADER_LEN}"),
            Self::Command(command) => write!(f, "there is no command {command}"),
            Self::Length { len, left } => {
                write!(f, "a segment has {len} bytes of data, of which {left} are there")
            }
            Self::Mixed => f.write_str("its segments are of several conversations"),
            Self::Long => f.write_str("it is longer than 1500 bytes"),
        }
    }
}

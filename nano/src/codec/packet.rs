//! The frame: a type, a length and a body.

use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

#[cfg(test)]
mod tests;

/// The bytes before a packet's body: one of type, three of length.
pub const HEADER_LEN: usize = 4;

/// The longest body that the three length bytes can declare.
pub const MAX_BODY_LEN: usize = 0xFF_FFFF;

/// The kind of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PacketKind {
    /// Opens the session; JSON in both directions.
    Handshake = 1,
    /// Ends the opening; from the client, with an empty body.
    HandshakeAck = 2,
    /// Shows that the peer is alive; the body is empty.
    Heartbeat = 3,
    /// Carries one [message](crate::codec::Message).
    Data = 4,
    /// Announces that the server closes the session; JSON with the reason.
    Kick = 5,
}

impl TryFrom<u8> for PacketKind {
    type Error = PacketError;

    /// Reads the type byte of a header.
    ///
    /// # Errors
    ///
    /// [`PacketError::UnknownKind`] for anything but 1 to 5.
    fn try_from(byte: u8) -> Result<Self, PacketError> {
        match byte {
            1 => Ok(Self::Handshake),
            2 => Ok(Self::HandshakeAck),
            3 => Ok(Self::Heartbeat),
            4 => Ok(Self::Data),
            5 => Ok(Self::Kick),
            _ => Err(PacketError::UnknownKind(byte)),
        }
    }
}

/// A whole packet.
///
/// The body shares the memory of the read it came with, and keeps that memory alive: copy a small
/// body that is kept for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The kind of the packet.
    pub kind: PacketKind,
    /// The body, without the header.
    pub body: Bytes,
}

/// A whole packet that still lies in the read buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketRef<'a> {
    /// The kind of the packet.
    pub kind: PacketKind,
    /// The body, without the header.
    pub body: &'a [u8],
}

impl PacketRef<'_> {
    /// Returns the length of the packet, header and body: at least [`HEADER_LEN`].
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a packet always has its header")]
    pub fn len(&self) -> usize {
        HEADER_LEN.saturating_add(self.body.len())
    }
}

/// Takes packets off the front of a read buffer.
///
/// It holds nothing but the limit, so that one decoder serves any number of connections.
///
/// # Examples
///
/// ```
/// use bytes::BytesMut;
/// use nano::codec::{PacketDecoder, PacketKind};
///
/// let decoder = PacketDecoder::new(65_536);
/// let mut buf = BytesMut::from(&[3, 0, 0, 0, 4, 0, 0][..]);
/// assert_eq!(decoder.decode(&mut buf)?.map(|packet| packet.kind), Some(PacketKind::Heartbeat));
/// assert_eq!(decoder.decode(&mut buf)?, None);
/// # Ok::<(), nano::codec::PacketError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PacketDecoder {
    limit: usize,
}

impl PacketDecoder {
    /// Creates a decoder that refuses bodies longer than `limit`, or than [`MAX_BODY_LEN`] if that
    /// is less.
    #[must_use]
    #[inline]
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.min(MAX_BODY_LEN) }
    }

    /// Takes the packet at the front of `buf`, without copying it; `None` while it is incomplete.
    ///
    /// Reserves nothing: [`frame_len`](Self::frame_len) says how much the packet needs.
    ///
    /// # Errors
    ///
    /// [`PacketError::UnknownKind`] and [`PacketError::TooLong`], as soon as the header is
    /// complete. `buf` is left as it was: the stream cannot be read any further.
    pub fn decode(&self, buf: &mut BytesMut) -> Result<Option<Packet>, PacketError> {
        let Some((kind, body_len)) = self.header(buf)? else {
            return Ok(None);
        };
        let frame_len = body_len.saturating_add(HEADER_LEN);
        if buf.len() < frame_len {
            return Ok(None);
        }
        let mut frame = buf.split_to(frame_len);
        frame.advance(HEADER_LEN);
        Ok(Some(Packet { kind, body: frame.freeze() }))
    }

    /// Returns the packet at the front of `buf`, which stays there; `None` while it is incomplete.
    ///
    /// # Errors
    ///
    /// The same as [`decode`](Self::decode).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::codec::{PacketDecoder, PacketKind};
    ///
    /// let buf = [4, 0, 0, 2, b'h', b'i', 3, 0];
    /// let packet = PacketDecoder::new(65_536).peek(&buf)?.expect("it is complete");
    /// assert_eq!((packet.kind, packet.body), (PacketKind::Data, &b"hi"[..]));
    /// assert_eq!(PacketDecoder::new(65_536).peek(&buf[packet.len()..])?, None);
    /// # Ok::<(), nano::codec::PacketError>(())
    /// ```
    #[inline]
    pub fn peek<'a>(&self, buf: &'a [u8]) -> Result<Option<PacketRef<'a>>, PacketError> {
        let Some((kind, body_len)) = self.header(buf)? else { return Ok(None) };
        let body = buf.get(HEADER_LEN..HEADER_LEN.saturating_add(body_len));
        Ok(body.map(|body| PacketRef { kind, body }))
    }

    /// Returns the length, header and body, of the packet at the front of `buf`; `None` while the
    /// header is incomplete.
    ///
    /// # Errors
    ///
    /// The same as [`decode`](Self::decode).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::codec::{PacketDecoder, PacketError};
    ///
    /// let decoder = PacketDecoder::new(65_536);
    /// assert_eq!(decoder.frame_len(&[4, 0, 1]), Ok(None));
    /// assert_eq!(decoder.frame_len(&[4, 0, 1, 0]), Ok(Some(260)));
    ///
    /// let refused = PacketError::TooLong { len: 65_537, limit: 65_536 };
    /// assert_eq!(decoder.frame_len(&[4, 1, 0, 1]), Err(refused));
    /// ```
    pub fn frame_len(&self, buf: &[u8]) -> Result<Option<usize>, PacketError> {
        Ok(self.header(buf)?.map(|(_, body_len)| body_len.saturating_add(HEADER_LEN)))
    }

    #[inline]
    fn header(&self, buf: &[u8]) -> Result<Option<(PacketKind, usize)>, PacketError> {
        let &[kind, high, middle, low, ..] = buf else {
            return Ok(None);
        };
        let kind = PacketKind::try_from(kind)?;
        let len = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        if len > self.limit {
            return Err(PacketError::TooLong { len, limit: self.limit });
        }
        Ok(Some((kind, len)))
    }
}

/// Appends a whole packet with the given body to `out`.
///
/// # Errors
///
/// [`PacketError::TooLong`] for a body longer than `limit`, or than [`MAX_BODY_LEN`] if that is
/// less; `out` is left as it was.
///
/// # Examples
///
/// ```
/// use bytes::BytesMut;
/// use nano::codec::{packet, PacketKind};
///
/// let mut out = BytesMut::new();
/// packet::encode(PacketKind::Kick, br#"{"reason":"shutdown"}"#, 65_536, &mut out)?;
/// assert_eq!(&out[..4], [5, 0, 0, 21]);
/// # Ok::<(), nano::codec::PacketError>(())
/// ```
pub fn encode(
    kind: PacketKind,
    body: &[u8],
    limit: usize,
    out: &mut BytesMut,
) -> Result<(), PacketError> {
    let header = header(kind, body.len(), limit)?;
    out.reserve(HEADER_LEN.saturating_add(body.len()));
    out.extend_from_slice(&header);
    out.extend_from_slice(body);
    Ok(())
}

/// Appends a packet whose body is written in place by `body`, which may only append.
///
/// Saves the copy that [`encode`] makes: the length is filled in when the body is there.
///
/// # Errors
///
/// The error of `body`; [`PacketError::TooLong`] for a body longer than `limit`, or than
/// [`MAX_BODY_LEN`] if that is less; [`PacketError::Overwritten`] if `body` took away what it was
/// to append to. `out` keeps nothing of the packet.
///
/// # Examples
///
/// ```
/// use bytes::BytesMut;
/// use nano::codec::{packet, PacketError, PacketKind};
///
/// let mut out = BytesMut::new();
/// packet::encode_with::<PacketError>(PacketKind::Data, 65_536, &mut out, |out| {
///     out.extend_from_slice(b"hello");
///     Ok(())
/// })?;
/// assert_eq!(&out[..], b"\x04\0\0\x05hello");
/// # Ok::<(), PacketError>(())
/// ```
#[inline]
pub fn encode_with<E: From<PacketError>>(
    kind: PacketKind,
    limit: usize,
    out: &mut BytesMut,
    body: impl FnOnce(&mut BytesMut) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[kind as u8, 0, 0, 0]);
    let written = body(out).and_then(|()| Ok(fill_header(kind, limit, out, start)?));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn fill_header(
    kind: PacketKind,
    limit: usize,
    out: &mut BytesMut,
    start: usize,
) -> Result<(), PacketError> {
    let frame = out.get_mut(start..).unwrap_or_default();
    let Some((hole, body)) = frame.split_first_chunk_mut::<HEADER_LEN>() else {
        return Err(PacketError::Overwritten);
    };
    *hole = header(kind, body.len(), limit)?;
    Ok(())
}

fn header(kind: PacketKind, len: usize, limit: usize) -> Result<[u8; HEADER_LEN], PacketError> {
    let limit = limit.min(MAX_BODY_LEN);
    let too_long = || PacketError::TooLong { len, limit };
    if len > limit {
        return Err(too_long());
    }
    let [_, high, middle, low] = u32::try_from(len).map_err(|_| too_long())?.to_be_bytes();
    Ok([kind as u8, high, middle, low])
}

/// An error of reading or writing a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PacketError {
    /// The type byte is no [`PacketKind`].
    UnknownKind(u8),
    /// The body is longer than allowed.
    TooLong {
        /// The length of the body, or the length that the header declares.
        len: usize,
        /// The longest body that is allowed.
        limit: usize,
    },
    /// The closure given to [`encode_with`] removed bytes that it had not written.
    Overwritten,
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKind(byte) => write!(f, "unknown packet type {byte}, expected 1 to 5"),
            Self::TooLong { len, limit } => {
                write!(f, "packet body of {len} bytes exceeds the limit of {limit}")
            }
            Self::Overwritten => {
                f.write_str("packet body was not appended: it removed bytes written before it")
            }
        }
    }
}

impl std::error::Error for PacketError {}

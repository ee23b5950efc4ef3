//! Compressed bodies: zlib streams (RFC 1950), inflated within a limit.

use std::cell::Cell;
use std::fmt;

use bytes::{Bytes, BytesMut};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

#[cfg(test)]
mod tests;

/// The length of the shortest stream that is not empty: the header, one block with one literal, and the
/// checksum.
const MIN_STREAM_LEN: usize = 9;

/// The first buffer that [`inflate`] takes, before the stream has shown that it needs more.
const FIRST_CAPACITY: usize = 1024;

/// Decompresses a zlib stream to at most `limit` bytes.
///
/// The buffer grows with what was really decompressed and never beyond `limit`: a small body that
/// would inflate to gigabytes costs no more than a legal one. What follows the end of the stream is
/// ignored.
///
/// # Errors
///
/// [`InflateError`].
///
/// # Examples
///
/// ```
/// use nano::codec::zlib::{deflate, inflate, InflateError};
///
/// let bomb = deflate(&[0; 1 << 20]).expect("zeros compress well");
/// assert!(bomb.len() < 6000);
/// assert_eq!(inflate(&bomb, 65_536), Err(InflateError::TooLong { limit: 65_536 }));
/// assert_eq!(inflate(&bomb, 1 << 20).map(|body| body.len()), Ok(1 << 20));
/// ```
pub fn inflate(body: &[u8], limit: usize) -> Result<Bytes, InflateError> {
    let mut stream = Decompress::new(true);
    let mut inflated = Vec::new();
    loop {
        let input = unread(body, stream.total_in());
        let before = (stream.total_in(), stream.total_out());
        let full = inflated.len() >= limit;
        // A stream of exactly `limit` bytes may still have its checksum to read: one spare byte
        // tells that from more data.
        let status = if full {
            stream.decompress(input, &mut [0], FlushDecompress::None)
        } else {
            reserve(&mut inflated, limit);
            stream.decompress_vec(input, &mut inflated, FlushDecompress::None)
        };
        let status = status.map_err(|_| InflateError::Corrupt)?;
        let (total_in, total_out) = (stream.total_in(), stream.total_out());
        if full && total_out != before.1 {
            return Err(InflateError::TooLong { limit });
        }
        match status {
            Status::StreamEnd => return Ok(inflated.into()),
            Status::Ok | Status::BufError if (total_in, total_out) == before => {
                return Err(InflateError::Truncated);
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

fn unread(body: &[u8], consumed: u64) -> &[u8] {
    usize::try_from(consumed).ok().and_then(|consumed| body.get(consumed..)).unwrap_or_default()
}

/// Makes room for at least one more byte, by doubling, but never beyond `limit`.
fn reserve(inflated: &mut Vec<u8>, limit: usize) {
    if inflated.len() == inflated.capacity() {
        let target = inflated.len().saturating_mul(2).max(FIRST_CAPACITY).min(limit);
        inflated.reserve_exact(target.saturating_sub(inflated.len()));
    }
}

/// Compresses a body to a zlib stream; `None` when that would not make it smaller.
///
/// # Examples
///
/// ```
/// use nano::codec::zlib::{deflate, inflate};
///
/// let text = "to be or not to be, ".repeat(10);
/// let small = deflate(text.as_bytes()).expect("repetition compresses");
/// assert!(small.len() < text.len());
/// assert_eq!(inflate(&small, 65_536).as_deref(), Ok(text.as_bytes()));
///
/// assert_eq!(deflate(b"hi"), None);
/// ```
#[must_use]
pub fn deflate(body: &[u8]) -> Option<Bytes> {
    let mut deflated = vec![0; room(body.len())?];
    let len = compress(body, &mut deflated)?;
    deflated.truncate(len);
    Some(deflated.into())
}

/// Compresses what `out` holds from `start` on, in its place. False when that would not make it
/// smaller: `out` is then as it was.
pub(crate) fn deflate_tail(out: &mut BytesMut, start: usize) -> bool {
    let end = out.len();
    let Some(room) = end.checked_sub(start).and_then(room) else { return false };
    // Behind the body, so that the buffer grows instead of a second one being allocated.
    out.resize(end.saturating_add(room), 0);
    let (plain, deflated) = out.split_at_mut(end);
    let body = plain.get_mut(start..).unwrap_or_default();
    let len = compress(body, deflated);
    if let (Some(len), Some((place, _))) = (len, len.and_then(|len| body.split_at_mut_checked(len)))
        && let Some(deflated) = deflated.get(..len)
    {
        place.copy_from_slice(deflated);
        out.truncate(start.saturating_add(len));
        return true;
    }
    out.truncate(end);
    false
}

/// Returns the most bytes that a stream may take to be smaller than its body; `None` when none can be.
fn room(len: usize) -> Option<usize> {
    if len <= MIN_STREAM_LEN { None } else { len.checked_sub(1) }
}

thread_local! {
    // Its tables take hundreds of kilobytes: too much to allocate for each message.
    static STREAM: Cell<Option<Compress>> = const { Cell::new(None) };
}

/// The length of the stream, if it fits.
fn compress(body: &[u8], room: &mut [u8]) -> Option<usize> {
    // A body is read once, right away: the time that a higher level takes is worth more than the
    // bytes it saves.
    let mut stream = STREAM
        .try_with(Cell::take)
        .ok()
        .flatten()
        .unwrap_or_else(|| Compress::new(Compression::fast(), true));
    let len = match stream.compress(body, room, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => usize::try_from(stream.total_out()).ok(),
        _ => None,
    };
    stream.reset();
    // A thread that is ending has no thread-local compressor any more.
    let _ = STREAM.try_with(|kept| kept.set(Some(stream)));
    len
}

/// An error of decompressing a body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InflateError {
    /// The body is no zlib stream, or its checksum does not match.
    Corrupt,
    /// The body ends before its stream does.
    Truncated,
    /// The stream holds more than is allowed.
    TooLong {
        /// The longest decompressed body that is allowed.
        limit: usize,
    },
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt => f.write_str("compressed body is not a valid zlib stream"),
            Self::Truncated => f.write_str("compressed body ends before its zlib stream does"),
            Self::TooLong { limit } => {
                write!(f, "decompressed body exceeds the limit of {limit} bytes")
            }
        }
    }
}

impl std::error::Error for InflateError {}

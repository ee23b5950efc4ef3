//! Compressed bodies: zlib streams (RFC 1950), inflated within a limit.

use std::fmt;

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

#[cfg(test)]
mod tests;

/// What the header, one block with one literal, and the checksum take: no stream of anything is
/// shorter.
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
    if body.len() <= MIN_STREAM_LEN {
        return None;
    }
    // A body is read once, right away: the time that a higher level takes is worth more than the
    // bytes it saves.
    let mut stream = Compress::new(Compression::fast(), true);
    let mut deflated = Vec::with_capacity(body.len().saturating_sub(1));
    match stream.compress_vec(body, &mut deflated, FlushCompress::Finish) {
        Ok(Status::StreamEnd) if deflated.len() < body.len() => Some(deflated.into()),
        _ => None,
    }
}

/// Why a body could not be decompressed.
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

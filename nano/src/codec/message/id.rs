//! A message's id: unsigned LEB128, at most 64 bits in at most ten bytes.

use bytes::{BufMut, BytesMut};

use super::error::MessageError;

const MORE: u8 = 0x80;

/// Takes the id off the front of `bytes`.
#[inline]
pub(super) fn decode(bytes: &[u8]) -> Result<(u64, &[u8]), MessageError> {
    // Clients count from one: many ids have one byte.
    if let Some((&byte, rest)) = bytes.split_first()
        && byte & MORE == 0
    {
        return Ok((byte.into(), rest));
    }
    let mut id = 0;
    let mut rest = bytes;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(MessageError::UnterminatedId)?;
        rest = tail;
        let group = u64::from(byte & !MORE);
        let placed = group.wrapping_shl(shift);
        // The tenth byte has room for one bit: what does not come back when shifted down again did
        // not fit.
        if placed.wrapping_shr(shift) != group {
            return Err(MessageError::IdTooLong);
        }
        id |= placed;
        if byte & MORE == 0 {
            return Ok((id, rest));
        }
    }
    Err(MessageError::IdTooLong)
}

/// Appends the id in as few bytes as it takes.
#[inline]
pub(super) fn encode(mut id: u64, out: &mut BytesMut) {
    loop {
        let [group, ..] = id.to_le_bytes();
        id >>= 7;
        if id == 0 {
            return out.put_u8(group & !MORE);
        }
        out.put_u8(group | MORE);
    }
}

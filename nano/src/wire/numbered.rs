//! The number of a push that may come out of order, behind the flag of its message.

use bytes::{BufMut, BytesMut};

use crate::codec::packet::HEADER_LEN;

/// The bit in the flag of a message that has a number.
const IS_NUMBERED: u8 = 0x40;

/// The length of a number.
pub(crate) const LEN: usize = 8;

/// The feature by which a client says that it reads numbers, and datagrams.
pub(super) const FEATURE: &str = "datagrams";

/// The number of a push, by which its client knows what is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// The place of the push among all numbered ones of the session. It begins anew after 2^32.
    pub(crate) sequence: u32,
    /// The pushes that replace one another; 0 for one that replaces none.
    pub(crate) key: u32,
}

/// Appends a data packet, whole and without a number, with a number.
pub(crate) fn write(packet: &[u8], number: Number, out: &mut BytesMut) {
    let Some((header, message)) = packet.split_first_chunk::<HEADER_LEN>() else { return };
    let Some((flag, rest)) = message.split_first() else { return };
    let [kind, ..] = *header;
    // The length of a packet has three bytes, and the caller has looked at the limit.
    let [_, length @ ..] = ((message.len() + LEN) as u32).to_be_bytes();
    out.put_u8(kind);
    out.put_slice(&length);
    out.put_u8(flag | IS_NUMBERED);
    out.put_u32(number.sequence);
    out.put_u32(number.key);
    out.put_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_behind_the_flag() {
        let number = Number { sequence: 0x0102_0304, key: 0xaabb_ccdd };
        let check = |packet: &[u8], expected: &[u8]| {
            let mut out = BytesMut::from(&b"before"[..]);
            write(packet, number, &mut out);
            assert_eq!(out, [b"before", expected].concat(), "{packet:?}");
        };
        check(
            b"\x04\x00\x00\x05\x07\x00\x09{}",
            b"\x04\x00\x00\x0d\x47\x01\x02\x03\x04\xaa\xbb\xcc\xdd\x00\x09{}",
        );
        check(
            &[&b"\x04\x00\xff\xff\x06"[..], &[7; 0xfffe]].concat(),
            &[&b"\x04\x01\x00\x07\x46\x01\x02\x03\x04\xaa\xbb\xcc\xdd"[..], &[7; 0xfffe]].concat(),
        );
        // No packet has so little in it.
        check(b"\x04\x00\x00", b"");
        check(b"\x04\x00\x00\x00", b"");
    }
}

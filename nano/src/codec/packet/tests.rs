//! Tests of packets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use super::*;

const LIMIT: usize = 65_536;

#[derive(Debug, PartialEq)]
enum Failure {
    Packet(PacketError),
    Body,
}

impl From<PacketError> for Failure {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

#[test]
fn kinds_are_one_to_five() {
    for byte in 0..=u8::MAX {
        match PacketKind::try_from(byte) {
            Ok(kind) => {
                assert!((1..=5).contains(&byte));
                assert_eq!(kind as u8, byte);
            }
            Err(error) => {
                assert!(!(1..=5).contains(&byte));
                assert_eq!(error, PacketError::UnknownKind(byte));
            }
        }
    }
}

#[test]
fn frame_len_reads_nothing_but_the_header() {
    let check = |limit, bytes: &[u8], expected| {
        assert_eq!(
            PacketDecoder::new(limit).frame_len(bytes),
            expected,
            "{bytes:02x?} within {limit}"
        );
    };
    check(LIMIT, &[], Ok(None));
    check(LIMIT, &[9, 0xFF, 0xFF], Ok(None));
    check(LIMIT, &[3, 0, 0, 0], Ok(Some(4)));
    check(LIMIT, &[3, 0, 0, 0, 9, 9, 9, 9], Ok(Some(4)));
    check(LIMIT, &[4, 1, 0, 0], Ok(Some(LIMIT + 4)));
    check(LIMIT, &[4, 1, 0, 1], Err(PacketError::TooLong { len: LIMIT + 1, limit: LIMIT }));
    check(0, &[4, 0, 0, 0], Ok(Some(4)));
    check(0, &[4, 0, 0, 1], Err(PacketError::TooLong { len: 1, limit: 0 }));
    check(usize::MAX, &[4, 0xFF, 0xFF, 0xFF], Ok(Some(MAX_BODY_LEN + 4)));
    check(LIMIT, &[0, 0xFF, 0xFF, 0xFF], Err(PacketError::UnknownKind(0)));
}

#[test]
fn decode_waits_for_the_last_byte_and_reserves_nothing() {
    let decoder = PacketDecoder::new(LIMIT);
    let mut buf = BytesMut::from(&[4, 1, 0, 0, 7][..]);
    let capacity = buf.capacity();
    assert_eq!(decoder.decode(&mut buf), Ok(None));
    assert_eq!((&buf[..], buf.capacity()), (&[4, 1, 0, 0, 7][..], capacity));
}

#[test]
fn decode_takes_exactly_one_packet() {
    let mut buf = BytesMut::from(&[4, 0, 0, 2, b'h', b'i', 3, 0, 0][..]);
    let packet = PacketDecoder::new(LIMIT).decode(&mut buf);
    assert_eq!(
        packet,
        Ok(Some(Packet { kind: PacketKind::Data, body: Bytes::from_static(b"hi") }))
    );
    assert_eq!(&buf[..], [3, 0, 0]);
}

#[test]
fn a_refused_length_reserves_and_consumes_nothing() {
    let mut buf = BytesMut::from(&[4, 0xFF, 0xFF, 0xFF][..]);
    let capacity = buf.capacity();
    let refused = PacketDecoder::new(LIMIT).decode(&mut buf);
    assert_eq!(refused, Err(PacketError::TooLong { len: MAX_BODY_LEN, limit: LIMIT }));
    assert_eq!((buf.len(), buf.capacity()), (4, capacity));
}

#[test]
fn encode_obeys_the_limit_and_the_length_field() {
    let check = |len: usize, limit, expected| {
        let mut out = BytesMut::from(&b"before"[..]);
        let body = vec![7; len];
        assert_eq!(
            encode(PacketKind::Data, &body, limit, &mut out),
            expected,
            "{len} within {limit}"
        );
        let mut in_place = BytesMut::from(&b"before"[..]);
        let written = encode_with::<PacketError>(PacketKind::Data, limit, &mut in_place, |out| {
            out.extend_from_slice(&body);
            Ok(())
        });
        assert_eq!(written, expected, "{len} within {limit}, in place");
        assert_eq!(out, in_place);
        assert_eq!(out.len(), if expected.is_ok() { 10 + len } else { 6 });
        assert_eq!(&out[..6], b"before");
    };
    check(0, 0, Ok(()));
    check(5, 5, Ok(()));
    check(6, 5, Err(PacketError::TooLong { len: 6, limit: 5 }));
    check(MAX_BODY_LEN, usize::MAX, Ok(()));
    check(
        MAX_BODY_LEN + 1,
        usize::MAX,
        Err(PacketError::TooLong { len: MAX_BODY_LEN + 1, limit: MAX_BODY_LEN }),
    );
}

#[test]
fn a_failed_body_leaves_nothing_behind() {
    let mut out = BytesMut::from(&b"before"[..]);
    let failed = encode_with(PacketKind::Data, LIMIT, &mut out, |out| {
        out.extend_from_slice(b"half of it");
        Err(Failure::Body)
    });
    assert_eq!(failed, Err(Failure::Body));
    assert_eq!(&out[..], b"before");
}

#[test]
fn a_body_that_removes_the_header_is_refused() {
    let check = |keep: usize| {
        let mut out = BytesMut::from(&b"before"[..]);
        let refused = encode_with::<Failure>(PacketKind::Data, LIMIT, &mut out, |out| {
            out.truncate(keep);
            Ok(())
        });
        assert_eq!(refused, Err(Failure::Packet(PacketError::Overwritten)), "keeping {keep}");
        assert_eq!(out, b"before"[..keep.min(6)]);
    };
    for keep in 0..10 {
        check(keep);
    }
}

#[test]
fn errors_name_the_value_and_the_limit() {
    let check = |error: PacketError, text| assert_eq!(error.to_string(), text);
    check(PacketError::UnknownKind(9), "unknown packet type 9, expected 1 to 5");
    check(
        PacketError::TooLong { len: 9, limit: 8 },
        "packet body of 9 bytes exceeds the limit of 8",
    );
    check(
        PacketError::Overwritten,
        "packet body was not appended: it removed bytes written before it",
    );
}

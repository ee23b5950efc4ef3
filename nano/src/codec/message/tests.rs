//! Tests of messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use super::*;

fn head(kind: MessageKind, id: u64, route: Route<'_>) -> MessageHead<'_> {
    MessageHead { kind, id, route, compressed: false, error: false }
}

fn refused(bytes: &[u8], expected: MessageError) {
    assert_eq!(Message::decode(&Bytes::copy_from_slice(bytes)), Err(expected), "{bytes:02x?}");
}

#[test]
fn malformed_messages_are_refused() {
    refused(&[], MessageError::Empty);
    for kind in 4..=7 {
        refused(&[kind << 1, 0, 0, 0], MessageError::UnknownKind(kind));
    }
    refused(&[0x00], MessageError::UnterminatedId);
    refused(&[0x04], MessageError::UnterminatedId);
    refused(&[0x00, 0x80, 0xFF], MessageError::UnterminatedId);
    refused(
        &[0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        MessageError::UnterminatedId,
    );
    refused(
        &[0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
        MessageError::IdTooLong,
    );
    refused(
        &[0x04, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        MessageError::IdTooLong,
    );
    refused(&[0x00, 0x01], MessageError::TruncatedRoute);
    refused(&[0x02], MessageError::TruncatedRoute);
    refused(&[0x02, 2, b'a'], MessageError::TruncatedRoute);
    refused(&[0x03], MessageError::TruncatedRoute);
    refused(&[0x03, 0], MessageError::TruncatedRoute);
    refused(&[0x02, 2, 0xFF, 0xFE, b'x'], MessageError::RouteNotUtf8);
    refused(&[0x02, 3, 0xED, 0xA0, 0x80], MessageError::RouteNotUtf8);
}

#[test]
fn ids_take_up_to_ten_bytes_and_64_bits() {
    let check = |id: u64, encoded: &[u8]| {
        let mut out = BytesMut::new();
        head(MessageKind::Response, id, Route::None).encode(&mut out).unwrap();
        assert_eq!(&out[1..], encoded, "{id}");
        let bytes = out.freeze();
        let message = Message::decode(&bytes).unwrap();
        assert_eq!((message.id, message.body.len()), (id, 0));
    };
    check(0, &[0]);
    check(127, &[0x7F]);
    check(128, &[0x80, 1]);
    check(300, &[0xAC, 2]);
    check(1 << 63, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]);
    check(u64::MAX, &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]);
}

#[test]
fn padded_ids_are_accepted_within_ten_bytes() {
    for padding in 0..=8 {
        let mut bytes = vec![0x04, 0x85];
        bytes.extend(vec![0x80; padding]);
        bytes.extend([0x00, b'x']);
        let bytes = Bytes::from(bytes);
        let message = Message::decode(&bytes).unwrap();
        assert_eq!((message.id, &message.body[..]), (5, &b"x"[..]), "{padding} bytes of padding");
    }
}

#[test]
fn every_flag_bit_has_its_field() {
    for flag in 0..=u8::MAX {
        let bytes = Bytes::from(vec![flag, 1, 1, b'x']);
        let kind = flag >> 1 & 7;
        if kind > 3 {
            assert_eq!(Message::decode(&bytes), Err(MessageError::UnknownKind(kind)), "{flag:02x}");
            continue;
        }
        let message = Message::decode(&bytes).unwrap();
        assert_eq!(message.kind as u8, kind, "{flag:02x}");
        assert_eq!(message.compressed, flag & 0x10 != 0, "{flag:02x}");
        assert_eq!(message.error, flag & 0x20 != 0, "{flag:02x}");
        let (route, body) = match (message.kind, flag & 1) {
            (MessageKind::Request, 0) => (Route::Name("x"), &b""[..]),
            (MessageKind::Request, _) => (Route::Code(0x0178), &b""[..]),
            (MessageKind::Response, _) => (Route::None, &b"\x01x"[..]),
            (_, 0) => (Route::Name("\x01"), &b"x"[..]),
            (_, _) => (Route::Code(0x0101), &b"x"[..]),
        };
        assert_eq!((message.route, &message.body[..]), (route, body), "{flag:02x}");
    }
}

#[test]
fn heads_write_what_their_kind_has() {
    let check = |head: MessageHead<'_>, expected: &[u8]| {
        let mut out = BytesMut::from(&b"."[..]);
        assert_eq!(head.encode(&mut out), Ok(()), "{head:?}");
        assert_eq!(&out[1..], expected, "{head:?}");
    };
    check(head(MessageKind::Request, 1, Route::Name("a.b")), b"\x00\x01\x03a.b");
    check(head(MessageKind::Request, 0, Route::Code(0x1234)), b"\x01\x00\x12\x34");
    check(head(MessageKind::Notify, 9, Route::Name("")), b"\x02\x00");
    check(head(MessageKind::Push, 9, Route::Code(256)), b"\x07\x01\x00");
    check(head(MessageKind::Response, 1, Route::None), b"\x04\x01");
    check(head(MessageKind::Response, 1, Route::Code(1)), b"\x04\x01");
    check(head(MessageKind::Response, 1, Route::Name(&"r".repeat(300))), b"\x04\x01");
    let flagged = MessageHead {
        compressed: true,
        error: true,
        ..head(MessageKind::Response, 1, Route::None)
    };
    check(flagged, b"\x34\x01");
}

#[test]
fn heads_that_cannot_be_written_leave_nothing_behind() {
    let long = "r".repeat(256);
    let check = |head: MessageHead<'_>, expected| {
        let mut out = BytesMut::from(&b"."[..]);
        assert_eq!(head.encode(&mut out), Err(expected), "{head:?}");
        assert_eq!(&out[..], b".");
    };
    for kind in [MessageKind::Request, MessageKind::Notify, MessageKind::Push] {
        check(head(kind, 1, Route::Name(&long)), MessageError::RouteTooLong { len: 256 });
        check(head(kind, 1, Route::None), MessageError::MissingRoute);
    }
}

#[test]
fn errors_name_the_value_and_the_limit() {
    let check = |error: MessageError, text| assert_eq!(error.to_string(), text);
    check(MessageError::Empty, "message is empty, expected at least a flag");
    check(MessageError::UnknownKind(5), "unknown message type 5, expected 0 to 3");
    check(MessageError::UnterminatedId, "message ends inside its id");
    check(MessageError::IdTooLong, "message id exceeds the limit of 64 bits in ten bytes");
    check(MessageError::TruncatedRoute, "message ends inside its route");
    check(MessageError::RouteNotUtf8, "route is not valid utf-8");
    check(MessageError::RouteTooLong { len: 256 }, "route of 256 bytes exceeds the limit of 255");
    check(MessageError::MissingRoute, "message has no route, only a response may go without one");
}

//! Tests of the forms of outgoing messages.

use std::collections::BTreeSet;

use super::*;
use crate::codec::zlib;
use crate::serializer::{Json, Protobuf};
use crate::wire::Dictionary;

/// The dialects, in the order of the tables below.
const DIALECTS: [Dialect; 4] =
    [Dialect::NANO, Dialect::PITAYA, Dialect::native(true, true), Dialect::native(false, false)];

const ID: NonZeroU64 = NonZeroU64::new(300).unwrap();

fn wire(serializer: impl Serializer) -> Wire {
    Wire::new(serializer, Dictionary::new(BTreeSet::from(["onNews"])))
}

/// Returns the packet in each dialect; empty where it is withheld.
fn packets(wire: &Wire, message: &Outgoing<'_>) -> [Vec<u8>; 4] {
    DIALECTS.map(|dialect| {
        let mut out = BytesMut::new();
        let framed = message.frame(wire, dialect, &mut out).expect("it fits");
        assert_eq!(framed == Framed::Withheld, out.is_empty());
        out.to_vec()
    })
}

fn packet(body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(body.len()).expect("a short body");
    [&[4, 0, 0, len], body].concat()
}

/// Checks the four forms of a push, sent to one and sent to many.
fn check_push(route: &str, expected: [&[u8]; 4]) {
    let wire = wire(Json);
    let write: &WriteBody<'_> = &|_, out| {
        out.extend_from_slice("\"a😀\"".as_bytes());
        Ok(())
    };
    let expected = expected.map(packet);
    assert_eq!(packets(&wire, &Outgoing::push(route, write)), expected, "{route}");
    let mut broadcast = Outgoing::broadcast(&wire, route, write).expect("a body");
    let shared = DIALECTS.map(|dialect| {
        broadcast.shared(&wire, dialect).expect("a broadcast").expect("it fits").to_vec()
    });
    assert_eq!(shared, expected, "{route} to many");
    assert_eq!(packets(&wire, &broadcast), expected, "{route} to one of many");
}

#[test]
fn pushes_byte_for_byte() {
    let (raw, escaped) = ("\"a😀\"".as_bytes(), br#""a\ud83d\ude00""#.as_slice());
    let by_name = |name: &[u8; 6], body: &[u8]| [b"\x06\x06", &name[..], body].concat();
    let own = [b"\x07\x00\x01", raw].concat();
    let (nano, pitaya) = (by_name(b"onNews", escaped), by_name(b"onNews", raw));
    // Only clients that list their features are known to read codes in pushes.
    check_push("onNews", [&nano, &pitaya, &own, &own]);
    let (nano, others) = (by_name(b"onChat", escaped), by_name(b"onChat", raw));
    check_push("onChat", [&nano, &others, &others, &others]);
}

#[test]
fn replies_byte_for_byte() {
    let raw = b"\x04\xac\x02\"a\xf0\x9f\x98\x80\"".as_slice();
    let escaped = b"\x04\xac\x02\"a\\ud83d\\ude00\"".as_slice();
    let write: &WriteBody<'_> = &|_, out| {
        out.extend_from_slice("\"a😀\"".as_bytes());
        Ok(())
    };
    let mut reply = Outgoing::reply(ID, "r", Content::Value, write);
    assert_eq!(packets(&wire(Json), &reply), [escaped, raw, raw, raw].map(packet));
    assert!(reply.shared(&wire(Json), Dialect::NANO).is_none(), "a reply has one receiver");
}

#[test]
fn f6_a_reply_without_a_value_is_an_object_for_stock_clients_of_json() {
    /// Checks the bodies of the reply of a type that is written as `text`.
    fn check<T>(wire: &Wire, text: &str, expected: [&str; 4]) {
        let write: &WriteBody<'_> = &|_, out| {
            out.extend_from_slice(text.as_bytes());
            Ok(())
        };
        let reply = Outgoing::reply(ID, "r", Content::of::<T>(), write);
        let expected = expected.map(|body| packet(&[b"\x04\xac\x02", body.as_bytes()].concat()));
        assert_eq!(packets(wire, &reply), expected, "{text}");
    }
    struct Done;
    let json = wire(Json);
    check::<()>(&json, "null", ["{}", "null", "null", "null"]);
    check::<Done>(&json, "null", ["{}", "null", "null", "null"]);
    // A value is sent as it is, `None` too.
    check::<Option<u8>>(&json, "null", ["null"; 4]);
    check::<Done>(&json, "\"only\"", ["\"only\""; 4]);
    check::<()>(&wire(Protobuf), "", [""; 4]);
}

#[test]
fn errors_byte_for_byte() {
    let told = Told { code: "full", message: "8 players" };
    let error = Outgoing::error(ID, "r", told);
    // 0x20 says that it is an error, 0x04 that it is a response.
    let flagged =
        b"\x24\xac\x02{\"code\":\"full\",\"msg\":\"8 players\",\"metadata\":{}}".as_slice();
    let plain = br#"{"code":500,"error":{"code":"full","msg":"8 players"}}"#;
    let plain = [b"\x04\xac\x02", plain.as_slice()].concat();
    let json = [&*plain, flagged, flagged, &plain].map(packet);
    assert_eq!(packets(&wire(Json), &error), json);

    let body = b"\x0a\x04full\x12\x098 players";
    let flagged = packet(&[b"\x24\xac\x02", body.as_slice()].concat());
    let mut wire = wire(Protobuf);
    let withheld = [vec![], flagged.clone(), flagged.clone(), vec![]];
    assert_eq!(packets(&wire, &error), withheld, "its client would take it for a reply");
    wire.unflagged_errors = UnflaggedErrors::Send;
    let plain = packet(&[b"\x04\xac\x02", body.as_slice()].concat());
    assert_eq!(packets(&wire, &error), [plain.clone(), flagged.clone(), flagged, plain]);
}

#[test]
fn long_bodies_are_compressed_for_those_who_can_inflate_them() {
    let wire = wire(Json);
    let body = "a".repeat(2000);
    let write: &WriteBody<'_> = &|_, out| {
        out.extend_from_slice(body.as_bytes());
        Ok(())
    };
    let head = b"\x06\x06onChat";
    let compressed_head = b"\x16\x06onChat";
    for (dialect, packet) in
        DIALECTS.into_iter().zip(packets(&wire, &Outgoing::push("onChat", write)))
    {
        if dialect.zlib {
            assert_eq!(&packet[4..12], compressed_head, "{dialect:?}");
            let inflated = zlib::inflate(&packet[12..], 2000).expect("a zlib stream");
            assert!(inflated == body && packet.len() < 100, "{dialect:?}");
        } else {
            assert_eq!(&packet[4..], [head, body.as_bytes()].concat(), "{dialect:?}");
        }
    }
}

/// A form that cannot be written fails each time that it is asked for, and no other form.
#[test]
fn a_form_that_cannot_be_written_costs_only_its_receivers() {
    let mut wire = wire(Json);
    // As it stands the body takes 20 bytes and its head 8; escaped it takes 58.
    wire.packet_limit = 40;
    let body = format!("\"{}ab\"", "😀".repeat(4));
    let mut broadcast = Outgoing::broadcast(&wire, "onChat", &|_, out| {
        out.extend_from_slice(body.as_bytes());
        Ok(())
    })
    .expect("a body");
    for _ in 0..2 {
        for dialect in DIALECTS {
            let framed = broadcast.shared(&wire, dialect).expect("a broadcast");
            let kind = framed.as_ref().map(|packet| packet.len()).map_err(Error::kind);
            let expected = if dialect.cesu { Err(ErrorKind::TooLarge) } else { Ok(32) };
            assert_eq!(kind, expected, "{dialect:?}");
            let text = framed.err().map(|error| error.to_string());
            let told = "message is too large: packet body of 60 bytes exceeds the limit of 40";
            assert_eq!(text.as_deref(), dialect.cesu.then_some(told));
        }
    }
}

#[test]
fn a_message_that_fails_leaves_nothing_behind() {
    let wire = wire(Json);
    let half: &WriteBody<'_> = &|_, out| {
        out.extend_from_slice(b"half");
        Err("no more".into())
    };
    let mut out = BytesMut::from("before");
    for message in
        [Outgoing::push("onNews", half), Outgoing::reply(ID, "r", Content::Nothing, half)]
    {
        let error = message.frame(&wire, Dialect::NANO, &mut out).expect_err("half a body");
        assert_eq!((error.kind(), &out[..]), (ErrorKind::Encode, &b"before"[..]));
    }
    let error = Outgoing::broadcast(&wire, "onNews", half).err().expect("half a body");
    assert_eq!(error.kind(), ErrorKind::Encode);
    let route = "a".repeat(256);
    let message = Outgoing::push(&route, &|_, _| Ok(()));
    assert!(message.frame(&wire, Dialect::NANO, &mut out).is_err(), "its length is one byte");
    assert_eq!(&out[..], b"before");
}

/// Checks which dialects share a packet: `expected` names for each the first dialect that has the same one.
fn check(body_len: usize, dialects: &[Dialect], expected: &[usize]) {
    let wire = Wire::new(Json, Dictionary::default());
    let mut broadcast = Outgoing::broadcast(&wire, "onNews", &|_, out| {
        out.resize(body_len, b'a');
        Ok(())
    })
    .expect("a body");
    let packets: Vec<Bytes> = dialects
        .iter()
        .map(|dialect| {
            broadcast.shared(&wire, *dialect).expect("a broadcast").expect("it fits").clone()
        })
        .collect();
    let first = |packet: &Bytes| packets.iter().position(|other| other.as_ptr() == packet.as_ptr());
    let shared: Vec<_> = packets.iter().filter_map(first).collect();
    assert_eq!(shared, expected, "{body_len} bytes");
}

#[test]
fn a_broadcast_is_encoded_once_for_each_form() {
    let native = |zlib| Dialect::native(true, zlib);
    let dialects = [
        Dialect::NANO,
        Dialect::PITAYA,
        native(true),
        native(false),
        Dialect::native(false, true),
        Dialect::PITAYA,
        Dialect::NANO,
        native(false),
    ];
    check(5000, &dialects, &[0, 1, 2, 3, 2, 1, 0, 3]);
    // Below the threshold the body is compressed for no dialect: one form less.
    check(100, &dialects, &[0, 1, 2, 2, 2, 1, 0, 2]);
}

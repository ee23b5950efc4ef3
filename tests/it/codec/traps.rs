//! Faults of other frameworks that concern the codec.

use bytes::{Bytes, BytesMut};
use nano::codec::zlib::{InflateError, deflate, inflate};
use nano::codec::{
    Message, MessageError, MessageHead, MessageKind, PacketDecoder, PacketError, PacketKind, Route,
    packet,
};

const LIMIT: usize = 65_536;

fn notify(route: Route<'_>, compressed: bool) -> MessageHead<'_> {
    MessageHead { kind: MessageKind::Notify, id: 0, route, compressed, error: false }
}

/// The other decoder panicked when the body ended exactly at the end of its buffer; otherwise it read
/// another packet's bytes.
#[test]
fn trap_02_truncated_compressed_route_is_an_error() {
    let check = |body: &[u8]| {
        let refused = Err(MessageError::TruncatedRoute);
        assert_eq!(
            Message::decode(&Bytes::from(body.to_vec().into_boxed_slice())),
            refused,
            "{body:02x?} alone"
        );
        let mut stream = BytesMut::new();
        packet::encode(PacketKind::Data, body, LIMIT, &mut stream).expect("the body is short");
        packet::encode(PacketKind::Data, b"\x01\x01\x01", LIMIT, &mut stream)
            .expect("the body is short");
        let packet = PacketDecoder::new(LIMIT)
            .decode(&mut stream)
            .expect("a legal packet")
            .expect("a whole packet");
        assert_eq!(Message::decode(&packet.body), refused, "{body:02x?} with a packet behind it");
    };
    check(b"\x03");
    check(b"\x03\x00");
    check(b"\x07\x00");
    check(b"\x01\x05");
    check(b"\x01\x05\x00");
    check(b"\x01\xff\xff\x01\x00");
    check(b"\x00\x01");
}

#[test]
fn trap_03_inflate_is_bounded() {
    const BOMB: usize = 64 << 20;
    let bomb = bomb(BOMB);
    assert!(bomb.len() < 450_000, "{} bytes", bomb.len());
    assert_eq!(inflate(&bomb, LIMIT), Err(InflateError::TooLong { limit: LIMIT }));

    // A stream that fits one legal packet still inflates far beyond the limit.
    let legal = deflate(&vec![0; 8 << 20]).expect("zeros compress well");
    let mut wire = BytesMut::new();
    packet::encode_with::<Failure>(PacketKind::Data, LIMIT, &mut wire, |out| {
        notify(Route::Code(1), true).encode(out)?;
        out.extend_from_slice(&legal);
        Ok(())
    })
    .expect("the bomb fits a packet");
    let packet = PacketDecoder::new(LIMIT)
        .decode(&mut wire)
        .expect("a legal packet")
        .expect("a whole packet");
    let message = Message::decode(&packet.body).expect("a legal message");
    assert!(message.compressed);
    assert_eq!(inflate(&message.body, LIMIT), Err(InflateError::TooLong { limit: LIMIT }));
    assert_eq!(inflate(&message.body, 8 << 20).map(|body| body.len()), Ok(8 << 20));
}

/// Writes `len` zeros, and never the end of the stream: one fixed block in which a zero is copied
/// 258 times over and over.
fn bomb(len: usize) -> Vec<u8> {
    let (mut out, mut pending, mut bits) = (vec![0x78, 0x9C], 0u32, 0);
    let mut write = |value: u32, width: u32| {
        pending |= value << bits;
        bits += width;
        while bits >= 8 {
            out.push(pending as u8);
            pending >>= 8;
            bits -= 8;
        }
    };
    write(0b011, 3);
    write(0b0000_1100, 8);
    for _ in 0..len / 258 {
        write(0b1010_0011, 8);
        write(0, 5);
    }
    out
}

#[test]
fn trap_05_decoded_packets_do_not_alias_the_read_buffer() {
    let decoder = PacketDecoder::new(LIMIT);
    let mut buf = BytesMut::with_capacity(256);
    let mut kept = Vec::new();
    for round in 0..=u8::MAX {
        let reply = [round; 40];
        packet::encode_with::<Failure>(PacketKind::Data, LIMIT, &mut buf, |out| {
            notify(Route::Name("a.b"), false).encode(out)?;
            out.extend_from_slice(&reply);
            Ok(())
        })
        .expect("the body is short");
        // Half of the next packet has arrived already, as after most reads.
        buf.extend_from_slice(&[4, 0]);
        let packet = decoder.decode(&mut buf).expect("a legal packet").expect("a whole packet");
        kept.push(Message::decode(&packet.body).expect("a legal message").body);
        buf.fill(0xEE);
        buf.clear();
        buf.reserve(64);
    }
    for (round, body) in kept.iter().enumerate() {
        assert_eq!(body[..], [round as u8; 40], "the body of round {round}");
    }
}

#[test]
fn trap_21_oversize_route_or_packet_is_refused() {
    let mut out = BytesMut::new();
    let longest = "r".repeat(255);
    notify(Route::Name(&longest), false).encode(&mut out).expect("255 bytes fit");
    assert_eq!((out.len(), out[1]), (257, 255));

    for len in [256, 300, 65_536] {
        let mut out = BytesMut::new();
        let route = "r".repeat(len);
        let refused = notify(Route::Name(&route), false).encode(&mut out);
        assert_eq!((refused, out.len()), (Err(MessageError::RouteTooLong { len }), 0));
        let written = packet::encode_with::<Failure>(PacketKind::Data, LIMIT, &mut out, |out| {
            Ok(notify(Route::Name(&route), false).encode(out)?)
        });
        assert_eq!(
            (written, out.len()),
            (Err(Failure::Message(MessageError::RouteTooLong { len })), 0)
        );
    }

    let body = vec![0; packet::MAX_BODY_LEN + 1];
    for limit in [LIMIT, packet::MAX_BODY_LEN, usize::MAX] {
        let refused =
            PacketError::TooLong { len: body.len(), limit: limit.min(packet::MAX_BODY_LEN) };
        let mut out = BytesMut::new();
        assert_eq!(packet::encode(PacketKind::Data, &body, limit, &mut out), Err(refused.clone()));
        let written = packet::encode_with::<Failure>(PacketKind::Data, limit, &mut out, |out| {
            out.extend_from_slice(&body);
            Ok(())
        });
        assert_eq!((written, out.len()), (Err(Failure::Packet(refused)), 0));
    }
}

#[derive(Debug, PartialEq)]
enum Failure {
    Packet(PacketError),
    Message(MessageError),
}

impl From<PacketError> for Failure {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

impl From<MessageError> for Failure {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

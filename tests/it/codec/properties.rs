//! Properties for any input: splits do not matter, and every encoded value can be decoded.

use bytes::{Bytes, BytesMut};
use nano::codec::zlib::{InflateError, deflate, inflate};
use nano::codec::{
    Message, MessageHead, MessageKind, Packet, PacketDecoder, PacketError, PacketKind, Route,
    packet, text,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const LIMIT: usize = 300;

fn packet_kind() -> impl Strategy<Value = PacketKind> {
    select(vec![
        PacketKind::Handshake,
        PacketKind::HandshakeAck,
        PacketKind::Heartbeat,
        PacketKind::Data,
        PacketKind::Kick,
    ])
}

/// A stretch of a stream: mostly a legal packet, sometimes one over the limit or any bytes at all.
fn stretch() -> impl Strategy<Value = Vec<u8>> {
    let packet = |longest| {
        (packet_kind(), vec(any::<u8>(), 0..=longest)).prop_map(|(kind, body)| {
            let mut out = BytesMut::new();
            packet::encode(kind, &body, packet::MAX_BODY_LEN, &mut out).expect("the body is short");
            out.to_vec()
        })
    };
    prop_oneof![
        8 => packet(20),
        2 => packet(LIMIT),
        1 => packet(LIMIT + 2),
        1 => vec(any::<u8>(), 0..8),
    ]
}

/// Reads a stream that arrives in these pieces; ends at the first error, as a connection does.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Packet>, Option<PacketError>) {
    let decoder = PacketDecoder::new(LIMIT);
    let mut buf = BytesMut::new();
    let mut packets = Vec::new();
    for piece in pieces {
        buf.extend_from_slice(piece);
        loop {
            let frame_len = decoder.frame_len(&buf);
            match decoder.decode(&mut buf) {
                Ok(Some(packet)) => {
                    assert_eq!(frame_len, Ok(Some(packet.body.len() + packet::HEADER_LEN)));
                    packets.push(packet);
                }
                Ok(None) => {
                    assert!(matches!(frame_len, Ok(len) if len.is_none_or(|len| len > buf.len())));
                    break;
                }
                Err(error) => {
                    assert_eq!(frame_len, Err(error.clone()));
                    return (packets, Some(error));
                }
            }
        }
    }
    (packets, None)
}

/// A message's head as it can be read back: no id and no route where its kind has none.
fn head() -> impl Strategy<Value = (MessageKind, u64, Option<u16>, String, bool, bool)> {
    let kind = select(vec![
        MessageKind::Request,
        MessageKind::Notify,
        MessageKind::Response,
        MessageKind::Push,
    ]);
    let id = prop_oneof![Just(0), 0..300u64, any::<u64>()];
    let name = vec(any::<char>(), 0..60).prop_map(String::from_iter);
    (kind, id, any::<Option<u16>>(), name, any::<bool>(), any::<bool>()).prop_map(
        |(kind, id, code, name, compressed, error)| {
            (kind, if kind.has_id() { id } else { 0 }, code, name, compressed, error)
        },
    )
}

/// Text with enough of everything: ASCII, BMP, the neighbours of the surrogates, beyond the BMP.
fn any_text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        3 => any::<char>(),
        3 => proptest::char::range(' ', '~'),
        2 => proptest::char::range('\u{D000}', '\u{D7FF}'),
        2 => proptest::char::range('\u{10000}', '\u{10FFFF}'),
    ];
    vec(character, 0..40).prop_map(String::from_iter)
}

/// Writes text as a stock JavaScript client does: each UTF-16 unit by itself.
fn cesu8(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for unit in text.encode_utf16() {
        match unit {
            0..0x80 => out.push(unit as u8),
            0x80..0x800 => out.extend([0xC0 | (unit >> 6) as u8, 0x80 | (unit & 0x3F) as u8]),
            _ => out.extend([
                0xE0 | (unit >> 12) as u8,
                0x80 | (unit >> 6 & 0x3F) as u8,
                0x80 | (unit & 0x3F) as u8,
            ]),
        }
    }
    out
}

fn beyond_bmp(text: &str) -> bool {
    text.chars().any(|character| character.len_utf8() == 4)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_split_reads_the_same(
        stretches in vec(stretch(), 0..8),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let stream = stretches.concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let whole = read(std::iter::once(&stream[..]));
        prop_assert_eq!(&read(cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]])), &whole);
        prop_assert_eq!(&read(stream.chunks(1)), &whole);
    }

    #[test]
    fn a_written_packet_can_be_read(
        kind in packet_kind(),
        body in vec(any::<u8>(), 0..=LIMIT),
        next in vec(any::<u8>(), 0..9),
    ) {
        let (mut wire, mut in_place) = (BytesMut::new(), BytesMut::new());
        packet::encode(kind, &body, LIMIT, &mut wire)?;
        packet::encode_with::<PacketError>(kind, LIMIT, &mut in_place, |out| {
            out.extend_from_slice(&body);
            Ok(())
        })?;
        prop_assert_eq!(&wire, &in_place);
        wire.extend_from_slice(&next);
        let read = PacketDecoder::new(LIMIT).decode(&mut wire)?;
        prop_assert_eq!(read, Some(Packet { kind, body: body.into() }));
        prop_assert_eq!(&wire[..], &next[..]);
    }

    #[test]
    fn a_written_message_can_be_read(head in head(), body in vec(any::<u8>(), 0..50)) {
        let (kind, id, code, name, compressed, error) = head;
        let route = match code {
            _ if !kind.has_route() => Route::None,
            Some(code) => Route::Code(code),
            None => Route::Name(&name),
        };
        let mut out = BytesMut::new();
        MessageHead { kind, id, route, compressed, error }.encode(&mut out)?;
        out.extend_from_slice(&body);
        let bytes = out.freeze();
        let written = Message { kind, id, route, compressed, error, body: body.into() };
        prop_assert_eq!(Message::decode(&bytes)?, written);
    }

    #[test]
    fn a_message_cut_short_is_refused_or_only_shorter(
        head in head(),
        body in vec(any::<u8>(), 0..9),
        cut in any::<Index>(),
    ) {
        let (kind, id, code, name, compressed, error) = head;
        let route = code.map_or(Route::Name(&name), Route::Code);
        let mut out = BytesMut::new();
        MessageHead { kind, id, route, compressed, error }.encode(&mut out)?;
        let head_len = out.len();
        out.extend_from_slice(&body);
        let whole = out.freeze();
        let part = whole.slice(..cut.index(whole.len() + 1));
        match Message::decode(&part) {
            Ok(message) => prop_assert_eq!(&message.body, &whole.slice(head_len..part.len())),
            Err(_) => prop_assert!(part.len() < head_len),
        }
    }

    #[test]
    fn a_deflated_body_inflates(seed in vec(any::<u8>(), 1..40), times in 1usize..200) {
        let body = seed.repeat(times);
        let Some(deflated) = deflate(&body) else {
            return Ok(());
        };
        prop_assert!(deflated.len() < body.len());
        prop_assert_eq!(inflate(&deflated, body.len()), Ok(Bytes::from(body.clone())));
        let limit = body.len() - 1;
        prop_assert_eq!(inflate(&deflated, limit), Err(InflateError::TooLong { limit }));
    }

    #[test]
    fn surrogates_are_repaired(text in any_text()) {
        let repaired = text::repair_surrogates(&cesu8(&text));
        prop_assert_eq!(repaired, beyond_bmp(&text).then(|| text.clone().into_bytes()));
        prop_assert_eq!(text::repair_surrogates(text.as_bytes()), None);
    }

    #[test]
    fn escaped_json_means_the_same(text in any_text()) {
        let json = serde_json::to_string(&text)?;
        let Some(escaped) = text::escape_non_bmp(json.as_bytes()) else {
            prop_assert!(!beyond_bmp(&text));
            return Ok(());
        };
        prop_assert!(beyond_bmp(&text));
        let escaped = String::from_utf8(escaped)?;
        prop_assert!(!beyond_bmp(&escaped));
        prop_assert_eq!(serde_json::from_str::<String>(&escaped)?, text);
    }
}

//! Everything that reads a peer's bytes, with what must hold for any of them.

#![no_main]

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use nano::codec::{Message, MessageHead, PacketDecoder, packet, text, zlib};

const LIMIT: usize = 4096;

fuzz_target!(|input: &[u8]| {
    packets(input);
    message(&Bytes::copy_from_slice(input));
    inflate(input);
    texts(input);
});

/// Reads the stream in one piece and byte by byte, which must come to the same.
fn packets(input: &[u8]) {
    let decoder = PacketDecoder::new(LIMIT);
    let mut whole = BytesMut::from(input);
    let mut arriving = input.iter();
    let mut pieces = BytesMut::new();
    loop {
        let expected = decoder.decode(&mut whole);
        let mut read = decoder.decode(&mut pieces);
        while let Ok(None) = read {
            let Some(byte) = arriving.next() else { break };
            pieces.extend_from_slice(&[*byte]);
            read = decoder.decode(&mut pieces);
        }
        assert_eq!(read, expected);
        let Ok(Some(packet)) = expected else { break };
        let mut written = BytesMut::new();
        packet::encode(packet.kind, &packet.body, LIMIT, &mut written)
            .expect("it was within the limit");
        assert_eq!(decoder.decode(&mut written), Ok(Some(packet.clone())));
        message(&packet.body);
    }
}

/// Reads a message, and writes what was read to read it again.
fn message(bytes: &Bytes) {
    let Ok(message) = Message::decode(bytes) else { return };
    if message.compressed {
        inflate(&message.body);
    }
    texts(&message.body);
    let Message { kind, id, route, compressed, error, ref body } = message;
    let mut written = BytesMut::new();
    MessageHead { kind, id, route, compressed, error }.encode(&mut written).expect("it was read");
    written.extend_from_slice(body);
    assert_eq!(Message::decode(&written.freeze()), Ok(message));
}

fn inflate(bytes: &[u8]) {
    let Ok(inflated) = zlib::inflate(bytes, LIMIT) else { return };
    assert!(inflated.len() <= LIMIT);
    if let Some(deflated) = zlib::deflate(&inflated) {
        assert_eq!(zlib::inflate(&deflated, LIMIT), Ok(inflated));
    }
}

fn texts(bytes: &[u8]) {
    if let Some(repaired) = text::repair_surrogates(bytes) {
        assert!(repaired.len() < bytes.len() && text::repair_surrogates(&repaired).is_none());
    }
    if let Some(escaped) = text::escape_non_bmp(bytes) {
        assert!(escaped.len() > bytes.len() && text::escape_non_bmp(&escaped).is_none());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert_eq!(text::repair_surrogates(bytes), None);
        let escaped = text::escape_non_bmp(bytes);
        assert_eq!(escaped.is_some(), text.chars().any(|character| character.len_utf8() == 4));
    }
}

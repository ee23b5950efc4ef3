//! What must hold for the codec's reading of any bytes.

use bytes::{Bytes, BytesMut};
use nano::codec::{Message, MessageHead, text, zlib};

use crate::LIMIT;

/// Reads a message, and writes what was read to read it again.
pub fn message(bytes: &Bytes) {
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

/// Inflates a body, and deflates what was read to inflate it again.
pub fn inflate(bytes: &[u8]) {
    let Ok(inflated) = zlib::inflate(bytes, LIMIT) else { return };
    assert!(inflated.len() <= LIMIT);
    if let Some(deflated) = zlib::deflate(&inflated) {
        assert_eq!(zlib::inflate(&deflated, LIMIT), Ok(inflated));
    }
}

/// Changes a text as for the clients that cannot read or write all of UTF-8.
pub fn texts(bytes: &[u8]) {
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

//! The vectors of messages.

use bytes::{Bytes, BytesMut};
use nano::codec::{Message, MessageError, MessageHead, MessageKind, Route};

use super::vector::{Decoded, Dictionary, MessageDecode, MessageEncode};
use super::{Facts, one};
use crate::codec::vectors::{hex, unhex};

/// Go nano calls anything shorter than two bytes invalid, before it looks at it.
fn go_message_error(error: &MessageError, bytes: &[u8]) -> String {
    match error {
        _ if bytes.len() < 2 => "error invalid message".to_owned(),
        MessageError::UnknownKind(_) => "error wrong message type".to_owned(),
        MessageError::UnterminatedId | MessageError::IdTooLong | MessageError::TruncatedRoute => {
            "error wrong message".to_owned()
        }
        other => format!("error {other}"),
    }
}

pub(super) fn describe(kind: u8, id: &str, route: &str, payload: &str) -> String {
    format!("{kind} {id} {route:?} {payload}")
}

pub(super) fn decode_message(bytes: Vec<u8>, dictionary: Option<&Dictionary>) -> String {
    let bytes = Bytes::from(bytes);
    let message = match Message::decode(&bytes) {
        Ok(message) => message,
        Err(error) => return go_message_error(&error, &bytes),
    };
    let route = match message.route {
        Route::None => "",
        Route::Name(name) => name,
        Route::Code(code) => {
            let known =
                dictionary.and_then(|routes| routes.iter().find(|(_, known)| **known == code));
            match known {
                Some((name, _)) => name,
                None => return "error route info not found in dictionary".to_owned(),
            }
        }
    };
    describe(message.kind as u8, &message.id.to_string(), route, &hex(&message.body))
}

pub(super) fn message_encode(vector: &MessageEncode, dictionary: &Dictionary) -> (Facts, Facts) {
    let dictionary = vector.dict.then_some(dictionary);
    let mut go = Facts::new();
    match (&vector.hex, &vector.error) {
        (Some(bytes), None) => {
            let head =
                bytes.strip_suffix(&*vector.payload).expect("a message ends with its payload");
            go.insert("head".to_owned(), head.to_owned());
            go.insert("redecode".to_owned(), redecoded(vector));
        }
        (None, Some(error)) => {
            go.insert("head".to_owned(), format!("error {error}"));
        }
        other => panic!("neither bytes nor an error: {other:?}"),
    }
    let encoded = MessageKind::try_from(vector.r#type).and_then(|kind| {
        let code = dictionary.and_then(|routes| routes.get(&vector.route));
        let route = code.map_or(Route::Name(&vector.route), |code| Route::Code(*code));
        let id = vector.id.parse().expect("an id is a number");
        let mut out = BytesMut::new();
        MessageHead { kind, id, route, compressed: false, error: false }.encode(&mut out)?;
        Ok(out.to_vec())
    });
    let ours = match encoded {
        Ok(head) => {
            let redecoded =
                decode_message([head.clone(), unhex(&vector.payload)].concat(), dictionary);
            Facts::from([("head".to_owned(), hex(&head)), ("redecode".to_owned(), redecoded)])
        }
        Err(error) => one("head", go_message_error(&error, &[0; 2])),
    };
    (go, ours)
}

/// Returns the message that Go nano read from the bytes it had written.
fn redecoded(vector: &MessageEncode) -> String {
    match (vector.redecode_same, &vector.redecode, &vector.redecode_error) {
        (Some(true), None, None) => {
            describe(vector.r#type, &vector.id, &vector.route, &vector.payload)
        }
        (Some(false), Some(Decoded { r#type, id, route, payload }), None) => {
            describe(*r#type, id, route, payload)
        }
        (None, None, Some(error)) => format!("error {error}"),
        (same, _, error) => {
            panic!("contradicts itself: redecode_same {same:?}, redecode_error {error:?}")
        }
    }
}

pub(super) fn message_decode(vector: &MessageDecode, dictionary: &Dictionary) -> (Facts, Facts) {
    assert_eq!(vector.panic.is_some(), vector.with_spare_capacity_zeroed.is_some());
    let go = match (
        vector.r#type,
        &vector.id,
        &vector.route,
        &vector.payload,
        &vector.error,
        &vector.panic,
    ) {
        (Some(kind), Some(id), Some(route), Some(payload), None, None) => {
            describe(kind, id, route, payload)
        }
        (None, None, None, None, Some(error), None) => format!("error {error}"),
        (None, None, None, None, None, Some(panic)) => format!("panic {panic}"),
        other => panic!("contradicts itself: {other:?}"),
    };
    let ours = decode_message(unhex(&vector.hex), vector.dict.then_some(dictionary));
    (one("decode", go), one("decode", ours))
}

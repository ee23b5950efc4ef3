//! The shapes that a vector can have. An unknown field is an error, because it may change the meaning
//! of the line.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(super) type Dictionary = BTreeMap<String, u16>;

pub(super) enum Vector {
    PacketEncode(PacketEncode),
    PacketDecode(PacketDecode),
    PacketLive(PacketLive),
    MessageEncode(MessageEncode),
    MessageDecode(MessageDecode),
    Handshake(Handshake),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PacketEncode {
    pub(super) r#type: u8,
    pub(super) body_len: usize,
    pub(super) body: Option<String>,
    pub(super) body_fill: Option<String>,
    pub(super) error: Option<String>,
    pub(super) hex: Option<String>,
    pub(super) hex_head: Option<String>,
    pub(super) hex_len: Option<usize>,
    pub(super) hex_tail: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PacketDecode {
    pub(super) chunks: Vec<Chunk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chunk {
    pub(super) hex: Option<String>,
    pub(super) hex_head: Option<String>,
    pub(super) hex_len: Option<usize>,
    pub(super) hex_tail: Option<String>,
    pub(super) packets: Vec<ChunkPacket>,
    pub(super) error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChunkPacket {
    pub(super) r#type: u8,
    pub(super) len: usize,
    /// Left out of the vectors for long bodies, which are filled like those of [`PacketEncode`].
    pub(super) body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PacketLive {
    pub(super) hex: String,
    pub(super) request_hex: Option<String>,
    pub(super) route: Option<String>,
    pub(super) dict: Option<Dictionary>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageEncode {
    pub(super) dict: bool,
    pub(super) r#type: u8,
    pub(super) id: String,
    pub(super) route: String,
    pub(super) payload: String,
    pub(super) error: Option<String>,
    pub(super) hex: Option<String>,
    pub(super) redecode: Option<Decoded>,
    pub(super) redecode_error: Option<String>,
    pub(super) redecode_same: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decoded {
    pub(super) r#type: u8,
    pub(super) id: String,
    pub(super) route: String,
    pub(super) payload: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageDecode {
    pub(super) dict: bool,
    pub(super) hex: String,
    pub(super) r#type: Option<u8>,
    pub(super) id: Option<String>,
    pub(super) route: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) error: Option<String>,
    pub(super) panic: Option<String>,
    /// The result of Go nano when the same bytes happen to lie in a longer buffer.
    pub(super) with_spare_capacity_zeroed: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Handshake {
    pub(super) hex: String,
    pub(super) json: String,
    pub(super) servertime: u64,
    pub(super) request_hex: Option<String>,
    pub(super) code: Option<u16>,
    pub(super) heartbeat: Option<f64>,
    pub(super) dict: Option<Dictionary>,
}

impl Vector {
    /// Reads one vector and its name.
    pub(super) fn read(vector: &Value) -> (String, Self) {
        let Value::Object(mut fields) = vector.clone() else { panic!("not an object: {vector}") };
        let mut text = |key| match fields.remove(key) {
            Some(Value::String(text)) => text,
            other => panic!("{key} is {other:?}: {vector}"),
        };
        let (name, kind, op) = (text("name"), text("kind"), text("op"));
        fields.remove("note");
        let read = match (&*kind, &*op) {
            ("packet", "encode") => Self::PacketEncode(shape(&name, fields)),
            ("packet", "decode") => Self::PacketDecode(shape(&name, fields)),
            ("packet", "live") => Self::PacketLive(shape(&name, fields)),
            ("message", "encode") => Self::MessageEncode(shape(&name, fields)),
            ("message", "decode") => Self::MessageDecode(shape(&name, fields)),
            ("handshake", "encode" | "live") => Self::Handshake(shape(&name, fields)),
            _ => panic!("{name}: a vector of an unknown kind: {kind} {op}"),
        };
        (name, read)
    }
}

fn shape<T: DeserializeOwned>(name: &str, fields: Map<String, Value>) -> T {
    serde_json::from_value(Value::Object(fields)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

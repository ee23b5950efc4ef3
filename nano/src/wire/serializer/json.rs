//! The JSON serializer.

use bytes::BytesMut;

use super::{Serializer, SerializerError, Shape, Target, Value};

/// JSON through serde, which clients of Go nano, pomelo and pitaya use by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json;

impl Serializer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn supports(&self, shape: Shape) -> bool {
        shape.serde
    }

    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
        value.write_json(out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
        target.read_json(body)
    }
}

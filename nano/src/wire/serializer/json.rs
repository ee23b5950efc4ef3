//! The JSON serializer.

use bytes::BytesMut;

use super::{Serializer, SerializerError, Shape, Target, Value};

/// JSON through serde, which clients of Go nano, pomelo and pitaya use by default.
///
/// JSON has neither NaN nor infinities. A push of a message with one fails, and a request whose reply has one is
/// answered with the error `internal`; the error, or the log, names the field. A client that sends one gets
/// `bad_request`.
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

use bytes::BytesMut;

use super::{Serializer, SerializerError, Shape, Target, Value};

/// Protocol Buffers through prost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protobuf;

impl Serializer for Protobuf {
    fn name(&self) -> &'static str {
        "protobuf"
    }

    fn supports(&self, shape: Shape) -> bool {
        shape.protobuf
    }

    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
        value.write_protobuf(out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
        target.read_protobuf(body)
    }
}

//! The serializer of a server that is known when the command runs.

use bytes::BytesMut;
use nano::serializer::{SerializerError, Shape, Target, Value};
use nano::{Json, Protobuf, Serializer};

/// JSON or Protobuf. The bodies of messages are written before they reach it: it reads the errors of a server.
#[derive(Clone, Copy, Debug)]
pub(super) enum Either {
    Json,
    Protobuf,
}

impl Either {
    fn chosen(&self) -> &dyn Serializer {
        match self {
            Self::Json => &Json,
            Self::Protobuf => &Protobuf,
        }
    }
}

impl Serializer for Either {
    fn name(&self) -> &'static str {
        self.chosen().name()
    }

    fn supports(&self, shape: Shape) -> bool {
        self.chosen().supports(shape)
    }

    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
        self.chosen().encode(value, out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
        self.chosen().decode(body, target)
    }
}

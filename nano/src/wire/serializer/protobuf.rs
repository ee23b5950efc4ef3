//! The Protocol Buffers serializer.

use bytes::BytesMut;

use super::{Serializer, SerializerError, Shape, Target, Value};

/// Protocol Buffers through prost: payloads are any [`prost::Message`] of prost 0.14, generated from a
/// `.proto` file or derived by hand.
///
/// The application depends on `prost = "0.14"` itself. A message of another version of prost does not
/// implement the same trait, and is refused as a type that no serializer can read.
///
/// # Examples
///
/// ```
/// use nano::{App, Protobuf, component};
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Move {
///     #[prost(sint32, tag = "1")]
///     x: i32,
///     #[prost(sint32, tag = "2")]
///     y: i32,
/// }
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Distance {
///     #[prost(double, tag = "1")]
///     length: f64,
/// }
///
/// struct Board;
///
/// #[component]
/// impl Board {
///     #[handler]
///     fn measure(&self, step: Move) -> Distance {
///         Distance { length: f64::from(step.x).hypot(f64::from(step.y)) }
///     }
/// }
///
/// let app = App::new().serializer(Protobuf).component(Board);
/// ```
///
/// The Rust client uses it after `Client::builder().serializer(Protobuf)`.
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

//! Serializers of payloads: [`Json`], [`Protobuf`], or a [`Serializer`] of the application's own.
//!
//! An app has one serializer, chosen when it starts. Handlers and pushes name plain Rust types; the
//! macros find out what each type can do (serde, prost, both, or raw [`Bytes`](bytes::Bytes)) and hand
//! the serializer a [`Value`] to write or a [`Target`] to fill. A type without any of these abilities
//! is a compile error at the handler; a type that the chosen serializer cannot use is reported by
//! [`App::start`](crate::App::start), by route.

mod error;
mod finite;
mod json;
mod payload;
#[doc(hidden)]
pub mod probe;
mod protobuf;
mod typed;

use bytes::BytesMut;

pub use error::SerializerError;
pub use json::Json;
pub use payload::{Shape, Target, Value};
pub use protobuf::Protobuf;
pub use typed::{Decode, Decoder, Encode, Encoder, IntoValue};

/// The [`Decoder`] of a concrete type, by what the type implements: `decoder!(JoinRequest)`.
#[doc(inline)]
pub use crate::__nano_decoder as decoder;
/// The [`Encoder`] of a concrete type, by what the type implements: `encoder!(JoinResponse)`.
#[doc(inline)]
pub use crate::__nano_encoder as encoder;

/// Turns payloads into bytes and back.
///
/// # Examples
///
/// A serializer of one's own, over any format that serde knows (here JSON with indentation):
///
/// ```
/// use bytes::{BufMut, BytesMut};
/// use nano::serializer::{Serializer, SerializerError, Shape, Target, Value};
///
/// #[derive(Clone, Copy, Debug)]
/// struct Pretty;
///
/// impl Serializer for Pretty {
///     fn name(&self) -> &'static str { "json" }
///     fn supports(&self, shape: Shape) -> bool { shape.serde }
///     fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
///         let value = value.serialize().ok_or("not a serde type")?;
///         Ok(serde_json::to_writer_pretty(out.writer(), value)?)
///     }
///     fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
///         let mut json = serde_json::Deserializer::from_slice(body);
///         target.deserialize(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut json))
///     }
/// }
/// ```
pub trait Serializer: Send + Sync + 'static {
    /// Returns the name that the handshake announces to clients (`sys.serializer`).
    fn name(&self) -> &'static str;

    /// Returns `true` if types of this shape can be written and read. Called once per type, at start-up.
    fn supports(&self, shape: Shape) -> bool;

    /// Appends `value` to `out`. What was appended before an error is discarded by the caller.
    ///
    /// # Errors
    ///
    /// Fails when the value cannot be represented in this format.
    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError>;

    /// Reads `body` into `target`.
    ///
    /// # Errors
    ///
    /// Fails when the bytes are not a value of the target's type. The text goes to the log, not to the
    /// client.
    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError>;

    /// Returns `true` if bodies are JSON text. Only then do clients that announce nothing get JSON errors and
    /// repaired text.
    fn is_json(&self) -> bool {
        self.name() == "json"
    }
}

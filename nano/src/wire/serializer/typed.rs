//! The types that a serializer can handle, told in three ways.
//!
//! [`Encoder`] and [`Decoder`] answer for one concrete type and are what expansions build;
//! [`IntoValue`] answers for a type parameter when the serializer is only known at run time;
//! [`Encode`] and [`Decode`] answer when the serializer is known to the compiler, as in the client.

use std::fmt;

use bytes::{Bytes, BytesMut};
use serde::de::DeserializeOwned;

use super::payload::{BothPlace, Place, ProtobufPlace, SerdePlace, Shape, Target, Value};
use super::{Json, Protobuf, Serializer, SerializerError};
use crate::wire::copies;

/// The way in which values of `T` are written.
pub struct Encoder<T> {
    shape: Option<Shape>,
    write: fn(&T, &dyn Serializer, &mut BytesMut) -> Result<(), SerializerError>,
}

impl<T> Clone for Encoder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Encoder<T> {}

impl<T> fmt::Debug for Encoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("shape", &self.shape).finish_non_exhaustive()
    }
}

impl<T> Encoder<T> {
    /// Appends `value` in the serializer's format.
    pub(crate) fn write(
        &self,
        value: &T,
        serializer: &dyn Serializer,
        out: &mut BytesMut,
    ) -> Result<(), SerializerError> {
        (self.write)(value, serializer, out)
    }

    /// Returns the traits that the type implements; `None` when every serializer can write it (raw bytes).
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Writes through serde.
    pub fn serde() -> Self
    where
        T: serde::Serialize,
    {
        Self {
            shape: Some(Shape::new(true, false)),
            write: |value, serializer, out| serializer.encode(Value::serde(value), out),
        }
    }

    /// Writes through prost.
    pub fn protobuf() -> Self
    where
        T: prost::Message,
    {
        Self {
            shape: Some(Shape::new(false, true)),
            write: |value, serializer, out| serializer.encode(Value::protobuf(value), out),
        }
    }

    /// Writes through serde or prost, as the serializer asks.
    pub fn both() -> Self
    where
        T: serde::Serialize + prost::Message,
    {
        Self {
            shape: Some(Shape::new(true, true)),
            write: |value, serializer, out| serializer.encode(Value::both(value), out),
        }
    }
}

impl Encoder<Bytes> {
    /// Writes the bytes as they are.
    pub fn raw() -> Self {
        Self {
            shape: None,
            write: |value, _, out| {
                out.extend_from_slice(value);
                Ok(())
            },
        }
    }
}

impl Encoder<()> {
    /// Writes the reply of a handler that returns nothing: `null` in JSON (`{}` for clients that announce nothing),
    /// empty in protobuf.
    pub fn unit() -> Self {
        Self::both()
    }
}

/// The way in which values of `T` are read.
pub struct Decoder<T> {
    shape: Option<Shape>,
    read: fn(&[u8], &dyn Serializer) -> Result<T, SerializerError>,
}

impl<T> Clone for Decoder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Decoder<T> {}

impl<T> fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("shape", &self.shape).finish_non_exhaustive()
    }
}

fn fill<P: Place, T>(
    body: &[u8],
    serializer: &dyn Serializer,
    mut place: P,
    take: fn(P) -> Option<T>,
) -> Result<T, SerializerError> {
    serializer.decode(body, Target::new(&mut place))?;
    take(place).ok_or_else(|| "the serializer left the target empty".into())
}

impl<T> Decoder<T> {
    /// Reads a value in the serializer's format.
    pub(crate) fn read(
        &self,
        body: &[u8],
        serializer: &dyn Serializer,
    ) -> Result<T, SerializerError> {
        (self.read)(body, serializer)
    }

    /// Returns the traits that the type implements; `None` when every serializer can read it (raw bytes, no payload).
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Reads through serde.
    pub fn serde() -> Self
    where
        T: DeserializeOwned,
    {
        Self {
            shape: Some(Shape::new(true, false)),
            read: |body, serializer| fill(body, serializer, SerdePlace(None), |place| place.0),
        }
    }

    /// Reads through prost.
    pub fn protobuf() -> Self
    where
        T: prost::Message + Default,
    {
        Self {
            shape: Some(Shape::new(false, true)),
            read: |body, serializer| fill(body, serializer, ProtobufPlace(None), |place| place.0),
        }
    }

    /// Reads through serde or prost, as the serializer asks.
    pub fn both() -> Self
    where
        T: DeserializeOwned + prost::Message + Default,
    {
        Self {
            shape: Some(Shape::new(true, true)),
            read: |body, serializer| fill(body, serializer, BothPlace(None), |place| place.0),
        }
    }
}

impl Decoder<Bytes> {
    /// Reads the bytes as they are.
    pub fn raw() -> Self {
        Self { shape: None, read: |body, _| Ok(copies::copy(body)) }
    }
}

impl Decoder<()> {
    /// Reads nothing, for a handler without a payload: the body of its messages is ignored.
    pub fn none() -> Self {
        Self { shape: None, read: |_, _| Ok(()) }
    }
}

/// A message of a push whose route is only known at run time: a reference to any type that serde
/// can write, or a [`Value`] for another way, such as `Value::protobuf(&message)`.
///
/// A reference is written through serde alone, even if its type is a protobuf message as well: in a protobuf app,
/// pass `Value::protobuf(&message)`. With a [`#[push]`](macro@crate::push) trait, no message has to be wrapped in a `Value`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a client",
    label = "not a reference to a type that serde can write",
    note = "derive `serde::Serialize` for it, or pass `Value::protobuf(&message)`"
)]
pub trait IntoValue<'a> {
    /// Returns the value as a serializer takes it.
    fn into_value(self) -> Value<'a>;
}

impl<'a, T: serde::Serialize> IntoValue<'a> for &'a T {
    fn into_value(self) -> Value<'a> {
        Value::serde(self)
    }
}

impl<'a> IntoValue<'a> for Value<'a> {
    fn into_value(self) -> Value<'a> {
        self
    }
}

/// A serializer that can write `T`, where the compiler knows both, as in the Rust client.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot write `{T}`",
    note = "`Json` needs `serde::Serialize`, `Protobuf` needs `prost::Message`"
)]
pub trait Encode<T>: Serializer {
    /// Returns the value as the serializer takes it.
    fn value(value: &T) -> Value<'_>;
}

/// A serializer that can read `T`, where the compiler knows both, as in the Rust client.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot read `{T}`",
    note = "`Json` needs `serde::de::DeserializeOwned`, `Protobuf` needs `prost::Message`"
)]
pub trait Decode<T>: Serializer {
    /// Returns the way in which a value is read.
    fn decoder() -> Decoder<T>;
}

impl<T: serde::Serialize> Encode<T> for Json {
    fn value(value: &T) -> Value<'_> {
        Value::serde(value)
    }
}

impl<T: DeserializeOwned> Decode<T> for Json {
    fn decoder() -> Decoder<T> {
        Decoder::serde()
    }
}

impl<T: prost::Message> Encode<T> for Protobuf {
    fn value(value: &T) -> Value<'_> {
        Value::protobuf(value)
    }
}

impl<T: prost::Message + Default> Decode<T> for Protobuf {
    fn decoder() -> Decoder<T> {
        Decoder::protobuf()
    }
}

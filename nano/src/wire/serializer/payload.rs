//! The arguments of a serializer: a value, or a place for one, seen through the traits its type has.

use std::fmt;

use bytes::BytesMut;
use serde::de::DeserializeOwned;

use super::error::SerializerError;
use super::finite;

/// The families of traits that a type implements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// `serde::Serialize` or `serde::de::DeserializeOwned`, as the type's use requires.
    pub serde: bool,
    /// `prost::Message`.
    pub protobuf: bool,
}

/// The error of JSON for `Value::protobuf`. The type may have serde all the same.
const NOT_FOR_SERDE: &str = "the value was given as a protobuf message alone, and JSON is written through serde: if \
    its type implements serde::Serialize, pass `&message` or `Value::both(&message)`; else send the bytes of the \
    message, by `push_bytes` or `broadcast_bytes`";

/// The error of protobuf for `Value::serde`. The type may be a message all the same.
const NOT_FOR_PROTOBUF: &str = "the value was given as one of serde alone, and protobuf is written through prost: if \
    its type implements prost::Message, pass `Value::protobuf(&message)`, as a `#[push]` trait does by itself";

impl Shape {
    pub(crate) const fn new(serde: bool, protobuf: bool) -> Self {
        Self { serde, protobuf }
    }
}

/// A value to write, seen through the traits its type implements.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    serde: Option<&'a dyn SerdeValue>,
    protobuf: Option<&'a dyn ProtobufValue>,
}

impl<'a> Value<'a> {
    /// Wraps a value that serde can write.
    pub fn serde<T: serde::Serialize>(value: &'a T) -> Self {
        Self { serde: Some(value), protobuf: None }
    }

    /// Wraps a value that prost can write.
    pub fn protobuf<T: prost::Message>(value: &'a T) -> Self {
        Self { serde: None, protobuf: Some(value) }
    }

    /// Wraps a value that both serde and prost can write.
    pub fn both<T: serde::Serialize + prost::Message>(value: &'a T) -> Self {
        Self { serde: Some(value), protobuf: Some(value) }
    }

    /// Returns the value for any serde format, if its type implements `serde::Serialize`.
    pub fn serialize(&self) -> Option<&'a dyn erased_serde::Serialize> {
        self.serde.map(SerdeValue::erased)
    }

    /// Appends the value as JSON.
    ///
    /// # Errors
    ///
    /// Fails when the value was not given as one of serde, or has no JSON form: JSON has neither NaN nor infinities,
    /// and the error names the field that holds one.
    pub fn write_json(&self, out: &mut BytesMut) -> Result<(), SerializerError> {
        self.serde.ok_or(NOT_FOR_SERDE)?.write_json(out)
    }

    /// Appends the value as a protobuf message.
    ///
    /// # Errors
    ///
    /// Fails when the value was not given as a protobuf message.
    pub fn write_protobuf(&self, out: &mut BytesMut) -> Result<(), SerializerError> {
        self.protobuf.ok_or(NOT_FOR_PROTOBUF)?.write_protobuf(out);
        Ok(())
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value itself may be a secret.
        let shape = Shape::new(self.serde.is_some(), self.protobuf.is_some());
        f.debug_struct("Value").field("shape", &shape).finish_non_exhaustive()
    }
}

/// A place for a decoded value, seen through the traits its type implements.
pub struct Target<'a>(&'a mut dyn Place);

impl<'a> Target<'a> {
    pub(crate) fn new(place: &'a mut dyn Place) -> Self {
        Self(place)
    }

    /// Fills the place from any serde format.
    ///
    /// # Errors
    ///
    /// Fails when the type does not implement `serde::Deserialize`, or the input is not a value of it.
    pub fn deserialize(
        self,
        deserializer: &mut dyn erased_serde::Deserializer<'_>,
    ) -> Result<(), SerializerError> {
        self.0.deserialize(deserializer)
    }

    /// Fills the place from JSON.
    ///
    /// # Errors
    ///
    /// Fails when the type does not implement `serde::Deserialize`, or the body is not a value of it.
    pub fn read_json(self, body: &[u8]) -> Result<(), SerializerError> {
        self.0.read_json(body)
    }

    /// Fills the place from a protobuf message.
    ///
    /// # Errors
    ///
    /// Fails when the type does not implement `prost::Message`, or the body is not such a message.
    pub fn read_protobuf(self, body: &[u8]) -> Result<(), SerializerError> {
        self.0.read_protobuf(body)
    }
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Target")
    }
}

trait SerdeValue {
    fn erased(&self) -> &dyn erased_serde::Serialize;
    fn write_json(&self, out: &mut BytesMut) -> Result<(), SerializerError>;
}

impl<T: serde::Serialize> SerdeValue for T {
    fn erased(&self) -> &dyn erased_serde::Serialize {
        self
    }

    // JSON is not written through `erased`: knowing the type here makes it about twice as fast.
    fn write_json(&self, out: &mut BytesMut) -> Result<(), SerializerError> {
        finite::write(self, out)
    }
}

trait ProtobufValue {
    fn write_protobuf(&self, out: &mut BytesMut);
}

impl<T: prost::Message> ProtobufValue for T {
    fn write_protobuf(&self, out: &mut BytesMut) {
        out.reserve(self.encoded_len());
        self.encode_raw(out);
    }
}

/// A place for a value, which can be filled in the ways that the value's type supports.
pub(crate) trait Place {
    fn deserialize(
        &mut self,
        _deserializer: &mut dyn erased_serde::Deserializer<'_>,
    ) -> Result<(), SerializerError> {
        Err("the type does not implement serde::Deserialize".into())
    }

    fn read_json(&mut self, _body: &[u8]) -> Result<(), SerializerError> {
        Err("the type does not implement serde::Deserialize".into())
    }

    fn read_protobuf(&mut self, _body: &[u8]) -> Result<(), SerializerError> {
        Err("the type does not implement prost::Message".into())
    }
}

pub(crate) struct SerdePlace<T>(pub(crate) Option<T>);
pub(crate) struct ProtobufPlace<T>(pub(crate) Option<T>);
pub(crate) struct BothPlace<T>(pub(crate) Option<T>);

fn read_json<T: DeserializeOwned>(
    place: &mut Option<T>,
    body: &[u8],
) -> Result<(), SerializerError> {
    *place = Some(serde_json::from_slice(body)?);
    Ok(())
}

fn deserialize<T: DeserializeOwned>(
    place: &mut Option<T>,
    deserializer: &mut dyn erased_serde::Deserializer<'_>,
) -> Result<(), SerializerError> {
    *place = Some(erased_serde::deserialize(deserializer)?);
    Ok(())
}

fn read_protobuf<T: prost::Message + Default>(
    place: &mut Option<T>,
    body: &[u8],
) -> Result<(), SerializerError> {
    *place = Some(T::decode(body)?);
    Ok(())
}

impl<T: DeserializeOwned> Place for SerdePlace<T> {
    fn deserialize(
        &mut self,
        deserializer: &mut dyn erased_serde::Deserializer<'_>,
    ) -> Result<(), SerializerError> {
        deserialize(&mut self.0, deserializer)
    }

    fn read_json(&mut self, body: &[u8]) -> Result<(), SerializerError> {
        read_json(&mut self.0, body)
    }
}

impl<T: prost::Message + Default> Place for ProtobufPlace<T> {
    fn read_protobuf(&mut self, body: &[u8]) -> Result<(), SerializerError> {
        read_protobuf(&mut self.0, body)
    }
}

impl<T: DeserializeOwned + prost::Message + Default> Place for BothPlace<T> {
    fn deserialize(
        &mut self,
        deserializer: &mut dyn erased_serde::Deserializer<'_>,
    ) -> Result<(), SerializerError> {
        deserialize(&mut self.0, deserializer)
    }

    fn read_json(&mut self, body: &[u8]) -> Result<(), SerializerError> {
        read_json(&mut self.0, body)
    }

    fn read_protobuf(&mut self, body: &[u8]) -> Result<(), SerializerError> {
        read_protobuf(&mut self.0, body)
    }
}

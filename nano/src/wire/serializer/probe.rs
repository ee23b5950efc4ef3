//! The probe by which expansions find out the abilities of a concrete type.
//!
//! A blanket impl over serde and another over prost would overlap, and a type may well have both.
//! Method lookup settles it without specialisation: it tries the receiver with the most references
//! first, so each family sits at a depth of its own, and the deepest whose bounds hold is chosen.
//! The last resort takes any type and then fails with one clear sentence.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::typed::{Decoder, Encoder};

/// A stand-in for the type `T`, whose abilities method lookup finds out.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// Creates a probe for `T`.
    #[allow(clippy::new_without_default, reason = "named by expansions only")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// A bound that no type implements, for the compiler's message in the last resort.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a payload",
    label = "no serializer can read this type",
    note = "derive `serde::Deserialize` for `Json`, or `prost::Message` for `Protobuf`",
    note = "a handler's payload may also be `Bytes`, to receive it undecoded"
)]
pub trait Readable {}

/// The counterpart of [`Readable`] for types to write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a client",
    label = "no serializer can write this type",
    note = "derive `serde::Serialize` for `Json`, or `prost::Message` for `Protobuf`",
    note = "a reply may also be `Bytes`, to be sent as it is"
)]
pub trait Writable {}

macro_rules! probe {
    ($(#[$doc:meta])* $name:ident, $method:ident -> $result:ident, [$($at:tt)*], $type:ty, $make:ident $(, $($bound:tt)*)?) => {
        $(#[$doc])*
        pub trait $name {
            /// The probed type.
            type Type;
            /// Returns the code that handles the type.
            fn $method(self) -> $result<Self::Type>;
        }
        probe!(@impl $name, $method -> $result, [$($at)*], $type, $make $(, $($bound)*)?);
    };
    (@impl $name:ident, $method:ident -> $result:ident, [$($at:tt)*], $type:ty, $make:ident, $($bound:tt)*) => {
        impl<T: $($bound)*> $name for $($at)* Probe<$type> {
            type Type = $type;
            fn $method(self) -> $result<$type> { $result::$make() }
        }
    };
    (@impl $name:ident, $method:ident -> $result:ident, [$($at:tt)*], $type:ty, $make:ident) => {
        impl $name for $($at)* Probe<$type> {
            type Type = $type;
            fn $method(self) -> $result<$type> { $result::$make() }
        }
    };
}

probe!(#[doc = "Reads raw bytes."] ReadRaw, decoder -> Decoder, [&&&&], Bytes, raw);
probe!(#[doc = "Reads through serde or prost."] ReadBoth, decoder -> Decoder, [&&&], T, both,
    DeserializeOwned + prost::Message + Default);
probe!(#[doc = "Reads through serde."] ReadSerde, decoder -> Decoder, [&&], T, serde, DeserializeOwned);
probe!(#[doc = "Reads through prost."] ReadProtobuf, decoder -> Decoder, [&], T, protobuf,
    prost::Message + Default);
probe!(#[doc = "Writes raw bytes."] WriteRaw, encoder -> Encoder, [&&&&], Bytes, raw);
probe!(#[doc = "Writes through serde or prost."] WriteBoth, encoder -> Encoder, [&&&], T, both,
    Serialize + prost::Message);
probe!(#[doc = "Writes through serde."] WriteSerde, encoder -> Encoder, [&&], T, serde, Serialize);
probe!(#[doc = "Writes through prost."] WriteProtobuf, encoder -> Encoder, [&], T, protobuf, prost::Message);

/// The last resort: a compile error.
pub trait ReadNothing {
    /// The probed type.
    type Type;
    /// Never callable.
    fn decoder(self) -> Decoder<Self::Type>
    where
        Self::Type: Readable;
}

impl<T> ReadNothing for Probe<T> {
    type Type = T;
    fn decoder(self) -> Decoder<T>
    where
        T: Readable,
    {
        unreachable!("no type implements Readable")
    }
}

/// The last resort: a compile error.
pub trait WriteNothing {
    /// The probed type.
    type Type;
    /// Never callable.
    fn encoder(self) -> Encoder<Self::Type>
    where
        Self::Type: Writable;
}

impl<T> WriteNothing for Probe<T> {
    type Type = T;
    fn encoder(self) -> Encoder<T>
    where
        T: Writable,
    {
        unreachable!("no type implements Writable")
    }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __nano_decoder {
    ($type:ty) => {{
        #[allow(unused_imports)]
        use $crate::__private::probe::{ReadBoth, ReadNothing, ReadProtobuf, ReadRaw, ReadSerde};
        (&&&&$crate::__private::probe::Probe::<$type>::new()).decoder()
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __nano_encoder {
    ($type:ty) => {{
        #[allow(unused_imports)]
        use $crate::__private::probe::{
            WriteBoth, WriteNothing, WriteProtobuf, WriteRaw, WriteSerde,
        };
        (&&&&$crate::__private::probe::Probe::<$type>::new()).encoder()
    }};
}

#[cfg(test)]
mod tests {
    use super::super::payload::Shape;
    use bytes::Bytes;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Serde;
    #[derive(Clone, PartialEq, prost::Message)]
    struct Prost {}
    #[derive(Clone, PartialEq, prost::Message, serde::Serialize, serde::Deserialize)]
    struct Both {}

    #[test]
    fn the_deepest_family_that_fits_is_chosen() {
        let shapes = [
            (__nano_decoder!(Bytes).shape(), __nano_encoder!(Bytes).shape()),
            (__nano_decoder!(Both).shape(), __nano_encoder!(Both).shape()),
            (__nano_decoder!(Serde).shape(), __nano_encoder!(Serde).shape()),
            (__nano_decoder!(Prost).shape(), __nano_encoder!(Prost).shape()),
        ];
        let expected = [None, Some((true, true)), Some((true, false)), Some((false, true))]
            .map(|shape| shape.map(|(serde, protobuf)| Shape::new(serde, protobuf)));
        for (found, expected) in shapes.into_iter().zip(expected) {
            assert_eq!(found, (expected, expected));
        }
    }
}

//! JSON that has no `null` in place of a number.
//!
//! JSON knows neither NaN nor infinities. `serde_json` writes `null` for them, which the reader refuses, or takes
//! for an absent value; here they are an error that names the field. The way to it is put together only when
//! there is an error, from the inside out.

use std::cell::RefCell;
use std::fmt::Display;

use bytes::{BufMut, BytesMut};
use serde::ser::{self, Serialize, Serializer};

use super::error::SerializerError;

#[cfg(test)]
mod tests;

/// Appends a value as JSON.
///
/// # Errors
///
/// Fails at a number that JSON does not have, and as `serde_json` does.
pub(super) fn write<T: Serialize>(value: &T, out: &mut BytesMut) -> Result<(), SerializerError> {
    let place = Place::default();
    let mut json = serde_json::Serializer::new(out.writer());
    let written = value.serialize(Finite { inner: &mut json, place: &place });
    written.map_err(|error| place.error().unwrap_or_else(|| error.into()))
}

/// The place of a number that JSON does not have.
#[derive(Default)]
struct Place(RefCell<Option<(f64, Vec<String>)>>);

impl Place {
    fn start<E: ser::Error>(&self, number: f64) -> E {
        *self.0.borrow_mut() = Some((number, Vec::new()));
        E::custom("a number that JSON does not have")
    }

    /// Adds a step of the way, if there is one.
    fn add(&self, step: impl FnOnce() -> String) {
        if let Some((_, steps)) = &mut *self.0.borrow_mut() {
            steps.push(step());
        }
    }

    fn field<E>(&self, name: impl Display) -> impl FnOnce(E) -> E {
        move |error| {
            self.add(|| format!(".{name}"));
            error
        }
    }

    fn error(self) -> Option<SerializerError> {
        let (number, steps) = self.0.into_inner()?;
        let steps: String = steps.iter().rev().map(String::as_str).collect();
        let field = match steps.trim_start_matches('.') {
            "" => "the value".to_owned(),
            steps => format!("`{steps}`"),
        };
        Some(format!("{field} is {number}, which JSON does not have").into())
    }
}

/// A serializer that refuses such numbers.
struct Finite<'p, S> {
    inner: S,
    place: &'p Place,
}

/// A value inside of another.
struct Inside<'p, T: ?Sized> {
    value: &'p T,
    place: &'p Place,
}

impl<T: Serialize + ?Sized> Serialize for Inside<'_, T> {
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Finite { inner, place: self.place })
    }
}

/// A value with others inside.
struct Compound<'p, C> {
    inner: C,
    place: &'p Place,
    /// The number of elements so far.
    count: usize,
}

impl<'p, C> Compound<'p, C> {
    fn new<E>(inner: Result<C, E>, place: &'p Place) -> Result<Self, E> {
        Ok(Self { inner: inner?, place, count: 0 })
    }

    fn inside<'v, T: ?Sized>(&self, value: &'v T) -> Inside<'v, T>
    where
        'p: 'v,
    {
        Inside { value, place: self.place }
    }

    /// Counts an element, and adds its index to the way if it fails.
    fn element<E>(&mut self, written: Result<(), E>) -> Result<(), E> {
        let at = self.count;
        self.count += 1;
        if written.is_err() {
            self.place.add(|| format!("[{at}]"));
        }
        written
    }
}

/// Methods that write one value as it is.
macro_rules! plain {
    ($($method:ident($($name:ident: $ty:ty),*)),* $(,)?) => {
        $(fn $method(self $(, $name: $ty)*) -> Result<S::Ok, S::Error> {
            self.inner.$method($($name),*)
        })*
    };
}

impl<'p, S: Serializer> Serializer for Finite<'p, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Compound<'p, S::SerializeSeq>;
    type SerializeTuple = Compound<'p, S::SerializeTuple>;
    type SerializeTupleStruct = Compound<'p, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Compound<'p, S::SerializeTupleVariant>;
    type SerializeMap = Compound<'p, S::SerializeMap>;
    type SerializeStruct = Compound<'p, S::SerializeStruct>;
    type SerializeStructVariant = Compound<'p, S::SerializeStructVariant>;

    plain! {
        serialize_bool(v: bool),
        serialize_i8(v: i8),
        serialize_i16(v: i16),
        serialize_i32(v: i32),
        serialize_i64(v: i64),
        serialize_i128(v: i128),
        serialize_u8(v: u8),
        serialize_u16(v: u16),
        serialize_u32(v: u32),
        serialize_u64(v: u64),
        serialize_u128(v: u128),
        serialize_char(v: char),
        serialize_str(v: &str),
        serialize_bytes(v: &[u8]),
        serialize_none(),
        serialize_unit(),
        serialize_unit_struct(name: &'static str),
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str),
    }

    fn serialize_f32(self, v: f32) -> Result<S::Ok, S::Error> {
        if v.is_finite() { self.inner.serialize_f32(v) } else { Err(self.place.start(v.into())) }
    }

    fn serialize_f64(self, v: f64) -> Result<S::Ok, S::Error> {
        if v.is_finite() { self.inner.serialize_f64(v) } else { Err(self.place.start(v)) }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Inside { value, place: self.place })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Inside { value, place: self.place })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let inside = Inside { value, place: self.place };
        let written = self.inner.serialize_newtype_variant(name, index, variant, &inside);
        written.map_err(self.place.field(variant))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Compound::new(self.inner.serialize_seq(len), self.place)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Compound::new(self.inner.serialize_tuple(len), self.place)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Compound::new(self.inner.serialize_tuple_struct(name, len), self.place)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Compound::new(self.inner.serialize_tuple_variant(name, index, variant, len), self.place)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Compound::new(self.inner.serialize_map(len), self.place)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Compound::new(self.inner.serialize_struct(name, len), self.place)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Compound::new(self.inner.serialize_struct_variant(name, index, variant, len), self.place)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Values that hold others by their positions.
macro_rules! by_position {
    ($($interface:ident: $method:ident),*) => {
        $(impl<C: ser::$interface> ser::$interface for Compound<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                let inside = self.inside(value);
                let written = self.inner.$method(&inside);
                self.element(written)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

/// Values that hold others by their names.
macro_rules! by_name {
    ($($interface:ident),*) => {
        $(impl<C: ser::$interface> ser::$interface for Compound<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                let inside = self.inside(value);
                self.inner.serialize_field(key, &inside).map_err(self.place.field(key))
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.inner.skip_field(key)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

by_position! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
}

by_name!(SerializeStruct, SerializeStructVariant);

impl<C: ser::SerializeMap> ser::SerializeMap for Compound<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        // `serde_json` itself refuses such a number as a key.
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let inside = self.inside(value);
        let written = self.inner.serialize_value(&inside);
        self.element(written)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), C::Error> {
        let inside = self.inside(value);
        self.inner.serialize_entry(key, &inside).inspect_err(|_| {
            self.place.add(|| {
                let name = serde_json::to_string(key).unwrap_or_default();
                format!(".{}", name.trim_matches('"'))
            });
        })
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}

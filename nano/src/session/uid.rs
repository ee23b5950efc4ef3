//! The application's own id of a user.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserializer, Error as _, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// The application's own id of a user: a number, as in Go nano, or text, as in pitaya and pomelo.
///
/// In JSON it is a number or a string. The number 7 and the text `"7"` are two users.
///
/// # Examples
///
/// ```
/// use nano::Uid;
///
/// assert_eq!(Uid::from(7).as_i64(), Some(7));
/// assert_eq!(Uid::from("ann").as_str(), Some("ann"));
/// assert_ne!(Uid::from(7), Uid::from("7"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(Kind);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Number(i64),
    Text(Arc<str>),
}

impl Uid {
    /// Returns the number, if the id is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Kind::Number(number) => Some(number),
            Kind::Text(_) => None,
        }
    }

    /// Returns the text, if the id is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Kind::Number(_) => None,
            Kind::Text(text) => Some(text),
        }
    }
}

macro_rules! from_number {
    ($($type:ty),*) => {$(
        impl From<$type> for Uid {
            fn from(number: $type) -> Self {
                Self(Kind::Number(number.into()))
            }
        }
    )*};
}

from_number!(i64, i32, u32, i16, u16, i8, u8);

impl From<&str> for Uid {
    fn from(text: &str) -> Self {
        Self(Kind::Text(text.into()))
    }
}

impl From<String> for Uid {
    fn from(text: String) -> Self {
        Self(Kind::Text(text.into()))
    }
}

impl From<&Uid> for Uid {
    fn from(uid: &Uid) -> Self {
        uid.clone()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Number(number) => number.fmt(f),
            Kind::Text(text) => text.fmt(f),
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Number(number) => number.fmt(f),
            Kind::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Uid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Number(number) => serializer.serialize_i64(*number),
            Kind::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UidVisitor;

        impl Visitor<'_> for UidVisitor {
            type Value = Uid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a user id: a 64-bit integer or a string")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Uid, E> {
                Ok(number.into())
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Uid, E> {
                let number = i64::try_from(number).map_err(|_| {
                    E::custom(format_args!("user id {number} exceeds {}", i64::MAX))
                })?;
                Ok(number.into())
            }

            fn visit_str<E>(self, text: &str) -> Result<Uid, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_any(UidVisitor).map_err(D::Error::custom)
    }
}

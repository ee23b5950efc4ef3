//! The error of a serializer.

use std::error::Error as StdError;

/// The error of a [`Serializer`](super::Serializer).
pub type SerializerError = Box<dyn StdError + Send + Sync + 'static>;

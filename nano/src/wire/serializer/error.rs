//! The error of a serializer.

use std::error::Error as StdError;

/// What a [`Serializer`](super::Serializer) fails with.
pub type SerializerError = Box<dyn StdError + Send + Sync + 'static>;

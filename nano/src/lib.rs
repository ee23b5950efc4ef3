//! nano

#[cfg(feature = "client")]
pub mod client;
pub mod codec;
pub mod serializer;
mod error;
pub use error::*;
#[doc(hidden)]
pub mod __private { pub use crate::serializer::probe; }

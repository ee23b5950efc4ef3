//! What expansions name. Not part of the public interface: only the macros of this version know it.

pub use crate::component::{
    Component, Definition, Every, Exclusive, Lifecycle, Route, SessionEvent, Shared,
};
pub use crate::error::{Error, Result as NanoResult};
pub use crate::push::{PushEvent, PushSet, PushTarget};
pub use crate::routes::{ScannedKind, ScannedRoute};
pub use crate::serializer::{Decoder, Encoder, probe};
pub use crate::session::Session;
pub use crate::{__nano_client as client, __nano_decoder as decoder, __nano_encoder as encoder};
pub use std::result::Result::Ok;
pub use std::time::Duration;

/// What a build script has found, for [`App::routes`](crate::App::routes).
pub const fn routes(version: &'static str, routes: &'static [ScannedRoute]) -> crate::Routes {
    crate::Routes::new(version, routes)
}

/// Keeps the typed callers where there is a client to call with.
#[cfg(feature = "client")]
#[doc(hidden)]
#[macro_export]
macro_rules! __nano_client {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Keeps the typed callers where there is a client to call with.
#[cfg(not(feature = "client"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __nano_client {
    ($($tokens:tt)*) => {};
}

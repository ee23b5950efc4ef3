//! The names that the macros' expansions use. Not part of the public interface: only the macros of this version
//! know it.

pub use crate::Rate;
pub use crate::caller::{Caller, PushSource};
#[cfg(feature = "cron")]
pub use crate::component::Cron;
pub use crate::component::part::{Join, Listed, Part};
pub use crate::component::{
    Component, Definition, Enter, Every, Exclusive, Guard, HandshakeHook, Leave, Lifecycle,
    LoseRoom, NodeEvent, Policy, Room, RoomEvent, Route, SessionEvent, Shared,
};
pub use crate::error::Result;
pub use crate::push::{Push, PushEvent, PushSet, PushTarget};
pub use crate::routes::{ScannedKind, ScannedRoute};
pub use crate::serializer::{Decode, Encode, Encoder, decoder, encoder, probe};
pub use std::clone::Clone;
pub use std::convert::From;
pub use std::marker::{Send, Sized};
pub use std::ops::FnMut;
pub use std::option::Option::None;
pub use std::result::Result::Ok;
pub use std::time::Duration;

/// The routes that a build script has found, for [`App::routes`](crate::App::routes).
pub const fn routes(version: &'static str, routes: &'static [ScannedRoute]) -> crate::Routes {
    crate::Routes::new(version, routes)
}

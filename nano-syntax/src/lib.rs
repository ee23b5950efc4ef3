//! The attributes of nano and the signatures they are put on, as a model.
//!
//! Internal to nano: `nano-macros` expands the model, and `nano-build` reads it from the sources
//! before the macros run. Both see the same names, the same types and the same errors, because
//! there is one parser. Nothing here generates code.
//!
//! A [`Component`] comes from an impl block, a [`Push`] from a trait. Parsing goes on after an
//! error, so that all of them are reported at once: they are collected in [`Errors`], and the
//! model holds what could be understood.
//!
//! With the feature `scan`, the `scan` module finds all of them in the sources of a crate.

mod attribute;
mod cfg;
mod component;
mod duration;
mod errors;
mod name;
mod policy;
mod push;
#[cfg(feature = "scan")]
pub mod scan;
mod signature;

pub use component::{
    Component, Handler, Hook, Lifecycle, NodeEvent, Room, RoomEvent, SessionEvent, Trigger,
};
pub use errors::Errors;
pub use name::{MAX_ROUTE_BYTES, RenameRule, unraw};
pub use policy::{Policy, Rate, Setting};
pub use push::{Event, Push, PushClass};
pub use signature::{Borrow, Output, Param, Signature};

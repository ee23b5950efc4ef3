//! Components: the trait that `#[component]` implements, and its parts.
//!
//! A component is defined once, as a [`Definition`], and may have many instances. Everything here can
//! be written by hand; the macro only saves the writing. See [`Definition`] for an example.

mod access;
mod any;
mod call;
mod chain;
mod context;
mod data;
mod define;
mod definition;
mod entry;
mod erased;
#[cfg(feature = "cluster")]
mod forward;
mod handle;
mod handshake;
mod hook;
mod incoming;
mod instance;
mod lifetime;
mod method;
pub(crate) mod part;
mod place;
mod policy;
mod registry;
mod room;
mod route;
mod step;
pub(crate) mod task;
#[cfg(test)]
mod tests;

pub use access::{Access, Exclusive, ExclusiveGuard, Shared, SharedGuard};
pub(crate) use any::AnyInstance;
pub use call::{AsyncCall, Call};
pub use context::Context;
pub use data::Data;
pub use define::Trigger;
pub use definition::Definition;
pub(crate) use erased::{BoundHandshake, BoundHook, BoundTimer, DefinedRoute, DispatchRoute};
#[cfg(feature = "cluster")]
pub(crate) use forward::Forward;
pub use handle::Handle;
pub use handshake::{Announced, Handshake, HandshakeHook};
#[cfg(feature = "cron")]
pub use hook::Cron;
pub use hook::{Every, Hook, Lifecycle, NodeEvent, SessionEvent};
pub(crate) use incoming::{DropReason, Incoming, drop_with_reason};
pub(crate) use instance::Instance;
pub(crate) use lifetime::Lifetime;
pub(crate) use place::Place;
pub use policy::{Guard, Policy, RoutePolicy};
pub(crate) use registry::Components;
pub(crate) use registry::RoomsOfType;
#[cfg(feature = "admin")]
pub(crate) use room::ListedRoom;
pub use room::{
    Audience, Enter, Entrance, Leave, LeaveReason, LoseRoom, LostRoom, NewRoom, Room, RoomChanges,
    RoomEvent, RoomId, RoomInfo, RoomRef, RoomType, RoomWatch, Rooms, Seat,
};
pub(crate) use room::{OpenRoom, RoomIds, RoomSet, Surroundings};
pub use route::{Answer, Later, Route, RouteInfo, RouteKind};
pub(crate) use step::Step;

/// The borrow of `C` that its handlers, hooks and timers get: `&mut C` when any of them takes `&mut self`,
/// else `&C`.
pub type Borrow<'a, C> = <<C as Component>::Access as Access<C>>::Borrow<'a>;

/// A part of the application: state, and the messages it answers.
///
/// Written by [`#[component]`](macro@crate::component) on an impl block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component",
    note = "mark its impl block with `#[component]`"
)]
pub trait Component: Sized + Send + Sync + 'static {
    /// The start of its routes, up to the last dot, and its name in logs: `room`, or
    /// `connector.entryHandler`.
    const NAME: &'static str;

    /// [`Exclusive`] when any handler, hook or timer takes `&mut self`, else [`Shared`], which
    /// takes no lock.
    type Access: Access<Self>;

    /// Lists the component's handlers, hooks and timers.
    fn define(on: &mut Definition<Self>);
}

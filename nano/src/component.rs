//! Components: the trait that `#[component]` implements, and its parts.
//!
//! A component is defined once, as a [`Definition`], and may have many instances. Everything here can
//! be written by hand; the macro only saves the writing. See [`Definition`] for an example.

mod access;
mod call;
mod context;
mod data;
mod definition;
mod entry;
mod handle;
mod hook;
mod incoming;
mod instance;
mod method;
mod registry;
mod route;
mod step;
pub(crate) mod task;
#[cfg(test)]
mod tests;

pub use access::{Access, Exclusive, ExclusiveGuard, Shared, SharedGuard};
pub(crate) use call::Place;
pub use call::{AsyncCall, Call};
pub use context::Context;
pub use data::Data;
pub use definition::{Definition, Trigger};
pub(crate) use entry::{DefinedRoute, DispatchRoute};
pub use handle::Handle;
pub use hook::{Every, Hook, Lifecycle, SessionEvent};
pub(crate) use hook::{HookMethod, RunHook, StartTimer};
pub(crate) use incoming::{DropReason, Incoming, drop_with_reason};
pub(crate) use instance::{AnyInstance, Instance, Lifetime};
pub(crate) use registry::Components;
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
    /// The first part of its routes, and its name in logs.
    const NAME: &'static str;

    /// [`Exclusive`] when any handler, hook or timer takes `&mut self`, else [`Shared`], which
    /// takes no lock.
    type Access: Access<Self>;

    /// Lists the component's handlers, hooks and timers.
    fn define(on: &mut Definition<Self>);
}

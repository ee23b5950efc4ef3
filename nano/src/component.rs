//! Components: the trait that `#[component]` implements, and what it is made of.
//!
//! Everything here could be written by hand; the macro only saves the writing. See
//! [`Definition::route`] for an example.

mod access;
mod call;
mod context;
mod definition;
mod dispatch;
mod instance;
mod step;
pub(crate) mod task;

pub use access::{Access, Exclusive, ExclusiveGuard, Shared, SharedGuard};
pub use call::Call;
pub(crate) use call::{DropReason, drop_with_reason};
pub use context::{Context, Handle};
pub use definition::{Definition, HookFn, Lifecycle, RouteFn, RouteInfo, RouteKind};
pub use definition::{SessionEvent, SessionHookFn};
pub(crate) use dispatch::{DispatchRoute, RunLifecycle, RunSessionHook, StartTimer};
pub(crate) use instance::Instance;
pub use step::Step;

/// What a handler, hook or timer of `C` borrows: `&mut C` when any of them takes `&mut self`,
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
    fn define(definition: &mut Definition<Self>);
}

//! Parts: a component's methods in several impl blocks.

use super::{Component, Definition, Exclusive, Shared};

/// An impl block marked `#[component(part = "..")]`. The id follows from the names of component and part.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lacks a part",
    label = "no impl block is marked `#[component(part = \"..\")]` with this name",
    note = "where the component has a `name` or `rename_all`, its parts are given the same"
)]
pub trait Part<const ID: u64>: Listed<ID> {
    /// [`Exclusive`] when a method of this part takes `&mut self`.
    type Access;

    /// Lists the part's handlers, hooks and timers.
    fn define(on: &mut Definition<Self>)
    where
        Self: Component;
}

/// A component that lists a part: `#[component(parts(..))]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not list this part",
    label = "not among the parts of `{Self}`",
    note = "list it in the component's main impl block: `#[component(parts(..))]`",
    note = "where the component has a `name` or `rename_all`, its parts are given the same"
)]
pub trait Listed<const ID: u64> {}

/// The access of a component from that of its blocks: exclusive if one of them needs it.
pub trait Join<Other> {
    /// Both together.
    type Access;
}

impl<Other> Join<Other> for Shared {
    type Access = Other;
}

impl<Other> Join<Other> for Exclusive {
    type Access = Self;
}

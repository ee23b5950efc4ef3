//! An instance as the target of a call.

use std::sync::Arc;

use super::{Component, Instance};

/// An instance, and the route or hook that uses it.
pub(crate) struct Place<'a, C: Component> {
    pub(crate) instance: &'a Arc<Instance<C>>,
    pub(crate) label: &'static str,
}

impl<C: Component> Clone for Place<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Component> Copy for Place<'_, C> {}

//! An instance as the target of a call.

use std::sync::Arc;

use super::{Component, Instance};
use crate::Result;

/// An instance, and the route or hook that uses it.
pub(crate) struct Place<'a, C: Component> {
    pub(crate) instance: &'a Arc<Instance<C>>,
    pub(crate) label: &'static str,
    /// Hooks are let in to the last.
    pub(crate) is_hook: bool,
}

impl<C: Component> Place<'_, C> {
    /// Fails when the call, which has the borrow by now, comes after the end of the instance.
    #[inline]
    pub(crate) fn admit(&self) -> Result<()> {
        if self.is_hook { Ok(()) } else { self.instance.admit() }
    }
}

impl<C: Component> Clone for Place<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Component> Copy for Place<'_, C> {}

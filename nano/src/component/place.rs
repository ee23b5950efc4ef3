//! An instance as the target of a call.

use std::sync::Arc;

use super::access::{Access, Cell, Exclusive, ExclusiveGuard};
use super::{Component, Instance};
use crate::Result;

/// A shared borrow of a component: a reference, or a [`SharedGuard`](super::SharedGuard) where there is a lock.
pub(super) type Shared<'a, C> =
    <<<C as Component>::Access as Access<C>>::Cell as Cell<C>>::Shared<'a>;

/// An instance, and the route or hook that uses it.
pub(crate) struct Place<'a, C: Component> {
    pub(crate) instance: &'a Arc<Instance<C>>,
    pub(crate) label: &'static str,
    /// Hooks are let in to the last.
    pub(crate) is_hook: bool,
}

impl<'a, C: Component> Place<'a, C> {
    /// Fails when the call, which has the borrow by now, comes after the end of the instance.
    #[inline]
    pub(crate) fn admit(&self) -> Result<()> {
        if self.is_hook { Ok(()) } else { self.instance.admit() }
    }

    /// Waits for a shared borrow, and fails as [`admit`](Self::admit).
    pub(crate) async fn shared(self) -> Result<Shared<'a, C>> {
        let component = self.instance.cell.shared(self.label).await?;
        self.admit().map(|()| component)
    }
}

impl<'a, C: Component<Access = Exclusive>> Place<'a, C> {
    /// Waits for the exclusive borrow, and fails as [`admit`](Self::admit).
    pub(crate) async fn exclusive(self) -> Result<ExclusiveGuard<'a, C>> {
        let component = self.instance.cell.exclusive(self.label).await?;
        self.admit().map(|()| component)
    }
}

impl<C: Component> Clone for Place<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Component> Copy for Place<'_, C> {}

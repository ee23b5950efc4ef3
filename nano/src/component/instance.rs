//! Instances: components at work, each with a state, timers and an end of its own.

use std::fmt;
use std::sync::{Arc, Weak};

use super::access::{Access, Cell};
use super::room::RoomCore;
use super::{AnyInstance, Borrow, Component, Components, Lifetime};
use crate::sync::{AtomicBool, Ordering};
use crate::{Error, ErrorKind, Result};

/// A component at work. One definition may have many.
pub(crate) struct Instance<C: Component> {
    pub(crate) cell: <C::Access as Access<C>>::Cell,
    /// The other components. Weak, because the registry owns its instances.
    pub(crate) registry: Weak<Components>,
    pub(crate) life: Lifetime,
    /// The part that only rooms have.
    pub(crate) room: Option<RoomCore>,
    /// The last hooks run, or have run.
    is_over: AtomicBool,
}

impl<C: Component> Instance<C> {
    /// An instance that ends with `parent`, if not before.
    pub(crate) fn new(component: C, registry: Weak<Components>, parent: &Lifetime) -> Arc<Self> {
        Self::build(component, None, registry, parent)
    }

    /// An instance that is a room.
    pub(crate) fn of_room(
        component: C,
        room: RoomCore,
        registry: Weak<Components>,
        parent: &Lifetime,
    ) -> Arc<Self> {
        Self::build(component, Some(room), registry, parent)
    }

    fn build(
        component: C,
        room: Option<RoomCore>,
        registry: Weak<Components>,
        parent: &Lifetime,
    ) -> Arc<Self> {
        let cell = Cell::new(component, C::NAME, parent.log().clone());
        let is_over = AtomicBool::new(false);
        Arc::new(Self { cell, registry, life: parent.child(), room, is_over })
    }

    /// Lets nobody in from now on but hooks, so that the last of them are the last calls.
    pub(crate) fn admit_hooks_only(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    /// Fails when only hooks are let in any more. Calls ask with the borrow: they may have waited for it since before.
    #[inline]
    pub(crate) fn admit(&self) -> Result<()> {
        match self.is_over.load(Ordering::Acquire) {
            true => Err(self.closed()),
            false => Ok(()),
        }
    }

    /// Runs `f` with the component, as soon as it is free. Fails when the caller itself has the component, and when only
    /// hooks are let in any more.
    pub(crate) async fn run<R: Send>(
        &self,
        label: &'static str,
        f: impl for<'a> FnOnce(Borrow<'a, C>) -> R + Send,
    ) -> Result<R> {
        C::Access::run(&self.cell, label, |component| self.admit().map(|()| f(component))).await?
    }

    /// The error of a call to an instance that has ended.
    pub(crate) fn closed(&self) -> Error {
        let (kind, noun) = match self.room {
            Some(_) => (ErrorKind::RoomClosed, "room"),
            None => (ErrorKind::Closed, "component"),
        };
        Error::new(kind, format!("the {noun} `{}` has ended", C::NAME))
    }

    /// The instance for those that do not know its component.
    pub(crate) fn any(self: &Arc<Self>) -> AnyInstance {
        AnyInstance::new(self.clone(), self.life.clone())
    }
}

impl<C: Component> fmt::Debug for Instance<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("component", &C::NAME).finish_non_exhaustive()
    }
}

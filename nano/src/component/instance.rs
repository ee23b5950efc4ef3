//! Instances: components at work, each with a state, timers and an end of its own.

use std::fmt;
use std::sync::{Arc, Weak};

use super::access::{Access, Cell};
use super::room::RoomCore;
use super::{AnyInstance, Component, Components, Lifetime};
use crate::{Error, ErrorKind};

/// A component at work. One definition may have many.
pub(crate) struct Instance<C: Component> {
    pub(crate) cell: <C::Access as Access<C>>::Cell,
    /// The other components. Weak, because the registry owns its instances.
    pub(crate) registry: Weak<Components>,
    pub(crate) life: Lifetime,
    /// The part that only rooms have.
    pub(crate) room: Option<RoomCore>,
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
        Arc::new(Self { cell, registry, life: parent.child(), room })
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

//! The components of an app, by their type.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use super::{AnyInstance, Component, Instance, Lifetime};

/// The instances that an app has one of each, and the lifetime that they share.
#[derive(Debug, Default)]
pub(crate) struct Components {
    instances: HashMap<TypeId, AnyInstance>,
    life: Lifetime,
}

impl Components {
    /// An empty registry, whose instances are to be made with `life`.
    pub(crate) fn new(life: Lifetime) -> Self {
        Self { instances: HashMap::new(), life }
    }

    pub(crate) fn insert<C: Component>(&mut self, instance: Arc<Instance<C>>) {
        self.instances.insert(TypeId::of::<C>(), AnyInstance::new(instance));
    }

    pub(crate) fn get<C: Component>(&self) -> Option<&Arc<Instance<C>>> {
        self.instances.get(&TypeId::of::<C>())?.get()
    }

    /// The lifetime of all instances.
    pub(crate) fn life(&self) -> &Lifetime {
        &self.life
    }
}

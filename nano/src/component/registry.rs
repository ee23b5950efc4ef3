//! The instances of an app that it has one of each.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use super::{AnyInstance, Lifetime};

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

    /// Adds an instance, which is an `I`.
    pub(crate) fn insert<I: Any>(&mut self, instance: AnyInstance) {
        self.instances.insert(TypeId::of::<I>(), instance);
    }

    /// The instance that is an `I`.
    pub(crate) fn get<I: Any + Send + Sync>(&self) -> Option<&Arc<I>> {
        self.instances.get(&TypeId::of::<I>())?.get()
    }

    /// The lifetime of all instances.
    pub(crate) fn life(&self) -> &Lifetime {
        &self.life
    }
}

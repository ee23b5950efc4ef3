//! The instances of an app that it has one of each.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::{AnyInstance, Lifetime};
use crate::session::Directory;

/// The instances that an app has one of each, and what they share: a lifetime, and the sessions.
#[derive(Default)]
pub(crate) struct Components {
    instances: HashMap<TypeId, AnyInstance>,
    life: Lifetime,
    directory: Directory,
}

impl Components {
    /// An empty registry, whose instances are to be made with `life`.
    pub(crate) fn new(life: Lifetime, directory: Directory) -> Self {
        Self { instances: HashMap::new(), life, directory }
    }

    /// Adds an instance, which is an `I`.
    pub(crate) fn insert<I: Any>(&mut self, instance: AnyInstance) {
        self.instances.insert(TypeId::of::<I>(), instance);
    }

    /// The instance that is an `I`.
    pub(crate) fn get<I: Any + Send + Sync>(&self) -> Option<&Arc<I>> {
        self.instances.get(&TypeId::of::<I>())?.get()
    }

    /// The sessions of the app.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The lifetime of all instances.
    pub(crate) fn life(&self) -> &Lifetime {
        &self.life
    }
}

impl fmt::Debug for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Components").field("instances", &self.instances).finish_non_exhaustive()
    }
}

//! Instances behind one type.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::Lifetime;

/// An instance behind one type, for those that do not know its component.
#[derive(Clone)]
pub(crate) struct AnyInstance {
    instance: Arc<dyn Any + Send + Sync>,
    life: Lifetime,
}

impl AnyInstance {
    pub(crate) fn new<I: Any + Send + Sync>(instance: Arc<I>, life: Lifetime) -> Self {
        // The `Arc` itself is what is asked for: a handler keeps it while it waits.
        Self { instance: Arc::new(instance), life }
    }

    /// The instance, if it is an `I`.
    pub(crate) fn get<I: Any + Send + Sync>(&self) -> Option<&Arc<I>> {
        self.instance.downcast_ref()
    }

    pub(crate) fn life(&self) -> &Lifetime {
        &self.life
    }
}

impl fmt::Debug for AnyInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyInstance")
    }
}

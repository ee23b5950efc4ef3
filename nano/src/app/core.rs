use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::Config;
use crate::component::{Component, Handle, Instance, Lifecycle, RunLifecycle, StartTimer};
use crate::dispatch::Runtime;
use crate::door::Door;
use crate::net::Net;

/// A running app.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) door: Door<Net>,
    pub(crate) lifecycle: Vec<(Lifecycle, Box<dyn RunLifecycle>)>,
    pub(crate) timers: Vec<Box<dyn StartTimer>>,
    pub(crate) components: Components,
    /// Shutdown has begun.
    pub(crate) stop_accepting: CancellationToken,
    /// The components end: no more timers.
    pub(crate) stop_timers: CancellationToken,
    /// Shutdown has ended.
    pub(crate) stopped: CancellationToken,
    pub(crate) timer_tasks: TaskTracker,
}

impl Core {
    pub(crate) fn component<C: Component>(&self) -> Option<Handle<C>> {
        self.components.get::<C>().map(Handle::new)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}

/// The components of an app, by their type.
#[derive(Default)]
pub(crate) struct Components(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Components {
    pub(crate) fn insert<C: Component>(&mut self, instance: Arc<Instance<C>>) {
        self.0.insert(TypeId::of::<C>(), instance);
    }

    fn get<C: Component>(&self) -> Option<Arc<Instance<C>>> {
        self.0.get(&TypeId::of::<C>())?.clone().downcast().ok()
    }
}

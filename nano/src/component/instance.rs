//! Instances: components at work, each with a state, timers and an end of its own.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::{Access, Cell};
use super::{Component, Components};

/// A component at work. One definition may have many.
pub(crate) struct Instance<C: Component> {
    pub(crate) cell: <C::Access as Access<C>>::Cell,
    /// The other components. Weak, because the registry owns its instances.
    pub(crate) registry: Weak<Components>,
    pub(crate) life: Lifetime,
}

impl<C: Component> Instance<C> {
    /// An instance that ends with `parent`, if not before.
    pub(crate) fn new(component: C, registry: Weak<Components>, parent: &Lifetime) -> Arc<Self> {
        Arc::new(Self { cell: Cell::new(component), registry, life: parent.child() })
    }
}

impl<C: Component> fmt::Debug for Instance<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("component", &C::NAME).finish_non_exhaustive()
    }
}

/// How far an instance has come: it works, then its timers stop, then it is closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifetime {
    /// Its timers end.
    stop: CancellationToken,
    /// Nobody may call it any more.
    closed: CancellationToken,
    /// The tasks of its timers, and of those of its children.
    tasks: TaskTracker,
    parent: Option<TaskTracker>,
}

impl Lifetime {
    /// A lifetime that ends with this one, if not before.
    pub(crate) fn child(&self) -> Self {
        Self {
            stop: self.stop.child_token(),
            closed: self.closed.child_token(),
            tasks: TaskTracker::new(),
            parent: Some(self.tasks.clone()),
        }
    }

    /// A token that is cancelled when timers have to end.
    pub(crate) fn stop_token(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// Runs a task that is waited for when this lifetime ends.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static, runtime: &Handle) {
        let task = self.tasks.track_future(task);
        match &self.parent {
            Some(parent) => drop(parent.spawn_on(task, runtime)),
            None => drop(runtime.spawn(task)),
        }
    }

    /// Ends the timers: no body starts any more.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
    }

    /// Waits for the timers' bodies that are running; after [`stop`](Self::stop).
    pub(crate) async fn stopped(&self) {
        self.tasks.wait().await;
    }

    /// Ends everything: handles are refused from now on.
    pub(crate) fn close(&self) {
        self.stop();
        self.closed.cancel();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }
}

/// An instance behind one type, for those that do not know its component.
pub(crate) struct AnyInstance(Box<dyn Any + Send + Sync>);

impl AnyInstance {
    pub(crate) fn new<C: Component>(instance: Arc<Instance<C>>) -> Self {
        Self(Box::new(instance))
    }

    /// The instance, if it is one of `C`.
    pub(crate) fn get<C: Component>(&self) -> Option<&Arc<Instance<C>>> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for AnyInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyInstance")
    }
}

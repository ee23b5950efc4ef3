use std::fmt;
use std::sync::Weak;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Component;
use super::access::{Access, Cell};
use crate::app::Core;

/// A component of a running app.
pub(crate) struct Instance<C: Component> {
    pub(crate) cell: <C::Access as Access<C>>::Cell,
    // Weak, because the app owns its components.
    pub(crate) core: Weak<Core>,
    /// Ends the component's timers.
    pub(crate) stop: CancellationToken,
    /// The tasks of its timers, which shutdown waits for.
    pub(crate) timers: TaskTracker,
}

impl<C: Component> Instance<C> {
    pub(crate) fn new(
        component: C,
        core: Weak<Core>,
        stop: CancellationToken,
        timers: TaskTracker,
    ) -> Self {
        Self { cell: Cell::new(component), core, stop, timers }
    }
}

impl<C: Component> fmt::Debug for Instance<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("component", &C::NAME).finish_non_exhaustive()
    }
}

//! The life of an instance: its timers, and its end.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::log::Log;

/// The phases of an instance: it works, then its timers stop, then it is closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifetime {
    /// Its timers end.
    stop: CancellationToken,
    /// Nobody may call it any more.
    closed: CancellationToken,
    /// The tasks of its timers, and of those of its children.
    tasks: TaskTracker,
    parent: Option<TaskTracker>,
    log: Arc<Log>,
}

impl Lifetime {
    /// The lifetime of an app's instances, whose faults `log` is told.
    pub(crate) fn new(log: Arc<Log>) -> Self {
        Self { log, ..Self::default() }
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// A lifetime that ends with this one, if not before.
    pub(crate) fn child(&self) -> Self {
        Self {
            stop: self.stop.child_token(),
            closed: self.closed.child_token(),
            tasks: TaskTracker::new(),
            parent: Some(self.tasks.clone()),
            log: self.log.clone(),
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

    /// Lets [`stopped`](Self::stopped) wait until what is returned is dropped.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.tasks.token()
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

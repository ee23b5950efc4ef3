//! The shutdown of an app, step by step.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::Core;
use super::hooks::unwind;
use crate::component::Lifecycle;
use crate::session::CloseReason;

/// The time for the rest of the work after handlers were cut off: hooks, and the last bytes.
const CUT_OFF_GRACE: Duration = Duration::from_secs(5);

impl Core {
    /// Accepts nothing more, closes all sessions, and lets the rest end by itself.
    pub(crate) fn close(&self) {
        self.stop_accepting.cancel();
        self.close_sessions();
        self.components.life().stop();
        self.stopped.cancel();
        #[cfg(feature = "cluster")]
        if let Some(node) = &self.node {
            node.stop();
        }
        // Handlers that run may still use their components, and the threads of the app.
        let (connections, components) = (self.runtime.tasks.clone(), self.components.clone());
        let threads = self.door.threads().clone();
        let runtime = Handle::try_current().ok().or_else(|| threads.runtime().cloned());
        match runtime {
            Some(runtime) => drop(runtime.spawn(async move {
                connections.wait().await;
                components.life().close();
                components.life().stopped().await;
                drop(threads);
            })),
            None => components.life().close(),
        }
    }

    /// Ends an app that has not started: leaves the cluster, if it has joined it, and closes what is open.
    pub(super) fn give_up(self: Arc<Self>) {
        #[cfg(feature = "cluster")]
        if let Some(node) = self.node.clone().filter(|node| node.has_joined())
            && let Ok(runtime) = Handle::try_current()
        {
            drop(runtime.spawn(async move {
                node.leave().await;
                self.close();
            }));
            return;
        }
        self.close();
    }

    /// Takes no more sessions, and closes those that are there.
    fn close_sessions(&self) {
        self.runtime.sessions.close();
        self.runtime.sessions.for_each(|session| {
            session.link().close(CloseReason::Shutdown);
        });
        self.runtime.tasks.close();
    }

    /// Ends the app in order, in a task of its own: see [`Server::shutdown`](crate::Server::shutdown).
    pub(super) fn begin_shutdown(self: Arc<Self>) {
        // Whoever waits for the end is let go whatever happens to the task.
        let stopped = self.stopped.clone().drop_guard();
        let core = self.clone();
        self.spawn(async move {
            core.shutdown().await;
            drop(stopped);
        });
    }

    /// Runs a task that ends the app.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // A handler may ask for the end, and its thread ends before the app does.
        let runtime = match self.door.threads().runtime() {
            Some(_) => self.home.clone(),
            None => Handle::current(),
        };
        runtime.spawn(task);
    }

    async fn shutdown(&self) {
        let grace = self.config.shutdown_grace;
        tracing::info!(sessions = self.runtime.sessions.len(), "shutting down");
        self.stop_accepting.cancel();
        unwind(self, Lifecycle::BeforeShutdown, grace).await;

        #[cfg(feature = "cluster")]
        if let Some(node) = &self.node {
            node.take_back(grace / 2).await;
        }
        self.close_sessions();
        if tokio::time::timeout(grace, self.runtime.tasks.wait()).await.is_err() {
            tracing::warn!(sessions = self.runtime.sessions.len(), ?grace, "handlers are cut off");
            self.runtime.abort.cancel();
            self.runtime.sessions.for_each(|session| session.link().abort());
            if tokio::time::timeout(CUT_OFF_GRACE, self.runtime.tasks.wait()).await.is_err() {
                tracing::error!(
                    sessions = self.runtime.sessions.len(),
                    grace = ?CUT_OFF_GRACE,
                    "some connections do not end"
                );
            }
        }

        // Their hooks save what they have: until then the names are theirs, and the other nodes are reached.
        if tokio::time::timeout(grace, self.components.close_rooms()).await.is_err() {
            tracing::error!(?grace, "some rooms do not close");
        }

        // What handlers answered is on its way, and nobody waits for more.
        #[cfg(feature = "cluster")]
        if let Some(node) = &self.node {
            node.leave().await;
            node.stop();
            if tokio::time::timeout(CUT_OFF_GRACE, node.stopped()).await.is_err() {
                tracing::error!(grace = ?CUT_OFF_GRACE, "some links do not end");
            }
        }

        self.components.life().stop();
        if tokio::time::timeout(grace, self.components.life().stopped()).await.is_err() {
            tracing::error!(?grace, "some timers do not end");
        }
        unwind(self, Lifecycle::Shutdown, grace).await;
        self.components.life().close();
        if tokio::time::timeout(CUT_OFF_GRACE, self.door.threads().end()).await.is_err() {
            tracing::error!(
                grace = ?CUT_OFF_GRACE,
                "some threads do not end: their handlers block them"
            );
        }
        self.runtime.log().tell_rest();
        tracing::info!("stopped");
    }
}

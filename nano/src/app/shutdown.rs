//! The shutdown of an app, step by step.

use std::sync::Arc;
use std::time::Duration;

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
        // Handlers that run may still use their components.
        let (connections, components) = (self.runtime.tasks.clone(), self.components.clone());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                connections.wait().await;
                components.life().close();
            })),
            Err(_) => components.life().close(),
        }
    }

    /// Takes no more sessions, and closes those that are there.
    fn close_sessions(&self) {
        self.runtime.sessions.close();
        self.runtime.sessions.for_each(|session| {
            session.link().close(CloseReason::Shutdown);
        });
        self.runtime.tasks.close();
    }

    /// Ends the app in order: see [`Server::shutdown`](crate::Server::shutdown).
    pub(super) async fn shutdown(self: Arc<Self>) {
        // Whoever waits for the end is let go whatever happens here.
        let _stopped = self.stopped.clone().drop_guard();
        let grace = self.config.shutdown_grace;
        tracing::info!(sessions = self.runtime.sessions.len(), "shutting down");
        self.stop_accepting.cancel();
        unwind(&self, Lifecycle::BeforeShutdown, grace).await;

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

        self.components.life().stop();
        if tokio::time::timeout(grace, self.components.life().stopped()).await.is_err() {
            tracing::error!(?grace, "some timers do not end");
        }
        unwind(&self, Lifecycle::Shutdown, grace).await;
        self.components.life().close();
        tracing::info!("stopped");
    }
}

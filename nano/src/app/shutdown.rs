//! The end of an app, in order.

use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::hooks::unwind;
use crate::component::Lifecycle;
use crate::session::CloseReason;

/// What is left of the work when handlers were cut off: hooks, and the last bytes.
const CUT_OFF_GRACE: Duration = Duration::from_secs(5);

impl Core {
    /// Accepts nothing more, tells all clients to go, and lets the rest end by itself.
    pub(crate) fn close(&self) {
        self.stop_accepting.cancel();
        self.close_sessions();
        self.close_timers();
        self.stopped.cancel();
    }

    /// Takes no more sessions, and tells those that are there to go.
    fn close_sessions(&self) {
        self.runtime.sessions.close();
        self.runtime.sessions.for_each(|session| {
            session.link().close(CloseReason::Shutdown);
        });
        self.runtime.tasks.close();
    }

    fn close_timers(&self) {
        self.stop_timers.cancel();
        self.timer_tasks.close();
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
                    "some connections do not end"
                );
            }
        }

        self.close_timers();
        if tokio::time::timeout(grace, self.timer_tasks.wait()).await.is_err() {
            tracing::error!("some timers do not end");
        }
        unwind(&self, Lifecycle::Shutdown, grace).await;
        tracing::info!("stopped");
    }
}

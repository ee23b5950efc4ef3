//! The drain of an app: its sessions leave one after another before it shuts down.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::config::LONGEST;
use super::{App, Core, hooks};
use crate::random;
use crate::session::{CloseReason, Session};

/// The time over which clients come back, at least.
const RETURN: Duration = Duration::from_secs(10);

/// The most that hooks leave of the time, for the sessions.
const LEAVING: Duration = Duration::from_secs(10);

/// The time after which a session that has ended by itself is waited for no longer.
const LOOK: Duration = Duration::from_millis(250);

impl App {
    /// Sets the time of the [drain](crate::drain) that SIGTERM begins: 5 s by default. Zero shuts down without a drain.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use nano::App;
    ///
    /// let app = App::new().drain_time(Duration::from_secs(20)); // Kubernetes waits for 30 s
    /// ```
    pub fn drain_time(mut self, time: Duration) -> Self {
        self.config.drain_time = time;
        self
    }
}

impl Core {
    /// Lets sessions leave for `time`, or until the shutdown begins.
    pub(super) async fn drain(&self, time: Duration) {
        if self.stop_accepting.is_cancelled() {
            return;
        }
        let time = time.min(LONGEST);
        let deadline = Instant::now() + time;
        tracing::info!(sessions = self.runtime.sessions.len(), ?time, "draining");
        self.door.drain();
        #[cfg(feature = "cluster")]
        if let Some(node) = &self.node {
            node.drain();
        }
        hooks::drain(self, time - (time / 2).min(LEAVING)).await;
        tokio::select! {
            () = self.stop_accepting.cancelled() => {}
            () = self.send_away(deadline) => {}
        }
    }

    /// Tells each session at a random moment to leave, the last at `deadline`.
    async fn send_away(&self, deadline: Instant) {
        let start = Instant::now();
        let time = deadline.saturating_duration_since(start);
        let mut sessions: Vec<(f64, Session)> = Vec::new();
        self.runtime.sessions.for_each(|session| {
            let part = (random::number() >> 32) as f64 / f64::from(u32::MAX);
            sessions.push((part, session.clone()));
        });
        sessions.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        while let Some((part, session)) = sessions.pop() {
            let moment = start + time.mul_f64(part);
            while Instant::now() < moment && !session.link().is_closing() {
                sleep_until(moment.min(Instant::now() + LOOK)).await;
            }
            let reconnect_in = RETURN.saturating_sub(time).mul_f64(part);
            session.link().close(CloseReason::Drain { reconnect_in });
        }
    }
}

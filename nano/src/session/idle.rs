//! The opening of a session, and the time since its client's last message.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Session;

impl Session {
    /// Returns the time since the client's last request or notify; since the handshake when there was none.
    ///
    /// Heartbeats do not count: a client sends them by itself, whether its user is there or not. The time is exact to
    /// a quarter of a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context};
    /// use std::time::Duration;
    ///
    /// #[derive(Default)]
    /// struct Lobby;
    ///
    /// #[component]
    /// impl Lobby {
    ///     #[every("30s")]
    ///     fn sweep(&self, ctx: &Context<Self>) {
    ///         for session in ctx.everyone().sessions() {
    ///             if session.idle_for() > Duration::from_secs(600) {
    ///                 session.kick("idle");
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    pub fn idle_for(&self) -> Duration {
        let heard = self.0.heard.load(Ordering::Relaxed);
        Duration::from_millis(self.0.clock.now().saturating_sub(heard))
    }

    /// Notes that a message came from the client.
    #[inline]
    pub(crate) fn note_message(&self) {
        self.0.heard.store(self.0.clock.now(), Ordering::Relaxed);
    }

    /// Notes that the handshake is complete.
    pub(crate) fn note_open(&self) {
        self.note_message();
        self.0.opened.store(true, Ordering::Release);
    }

    /// Returns `true` if the handshake is complete.
    #[inline]
    pub(crate) fn was_opened(&self) -> bool {
        self.0.opened.load(Ordering::Acquire)
    }

    /// Returns `true` if the handshake is complete and the session is not closing.
    pub(crate) fn is_open(&self) -> bool {
        self.was_opened() && !self.is_closed()
    }
}

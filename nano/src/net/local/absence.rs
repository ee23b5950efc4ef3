//! The absence of a client: its connection is lost, and its session waits for it.

use super::Local;

impl Local {
    /// Notes that the client is there, and may come back when its connection is lost.
    pub(crate) fn be_present(&self) {
        self.presence.set_present(self.clock.now());
    }

    /// Returns `true` if nothing came from the client for too long.
    pub(crate) fn is_silent(&self) -> bool {
        self.presence.is_silent()
    }

    /// Keeps what is sent from now on until the client is back.
    pub(crate) fn lose(&self) {
        self.presence.set_lost();
        #[cfg(feature = "webtransport")]
        self.leave_datagrams();
        self.outbox.count_anew();
    }

    /// Returns `true` if more waits for a lost client than so many messages since it was lost, or so many bytes.
    pub(crate) fn is_beyond(&self, messages: usize, bytes: usize) -> bool {
        self.outbox.is_beyond(messages, bytes)
    }
}

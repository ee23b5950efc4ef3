//! The setting of sessions that outlive their connections.

use super::App;
use crate::Resume;

impl App {
    /// Lets sessions outlive their connections: a client that lost its connection comes back to its session, which has
    /// kept its id, user, data and groups, and is told what it missed. Off by default: a session ends with its
    /// connection.
    ///
    /// It needs clients that can resume, such as this project's. See [`resume`](crate::resume) for what such a client
    /// and the application see.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Group, Resume, Session, component};
    ///
    /// #[derive(Default)]
    /// struct Table {
    ///     players: Group,
    /// }
    ///
    /// #[component]
    /// impl Table {
    ///     #[on(session_lost)]
    ///     fn lost(&self, session: &Session) {
    ///         let _ = self.players.except([session]).broadcast("onLost", &session.uid());
    ///     }
    ///
    ///     #[on(session_resumed)]
    ///     fn resumed(&self, session: &Session) {
    ///         let _ = self.players.except([session]).broadcast("onBack", &session.uid());
    ///     }
    /// }
    ///
    /// let app = App::new().component(Table::default()).resume(Resume::new());
    /// ```
    pub fn resume(mut self, resume: Resume) -> Self {
        self.config.resume = Some(resume);
        self
    }
}

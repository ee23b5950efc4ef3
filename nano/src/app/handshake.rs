//! The demands on the clients of an app.

use super::App;

impl App {
    /// Sets the lowest version of clients that are served, such as `1.4.0`: by default all are.
    ///
    /// A client announces its version in its handshake: as `sys.clientVersion` (pitaya's clients), or as `sys.version`
    /// (all others; in this project's clients the option `version`). Versions are compared as semantic versions, in
    /// which `2.1` is `2.1.0`, and `1.4.0-beta` is lower than `1.4.0`. A client with a lower version, and one that
    /// announces none that can be read, is refused with the code `client_too_old`. See
    /// [`handshake`](crate::handshake).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// let app = App::new().min_client_version("1.4.0");
    /// ```
    pub fn min_client_version(mut self, version: impl Into<String>) -> Self {
        self.config.min_client_version = Some(version.into());
        self
    }
}

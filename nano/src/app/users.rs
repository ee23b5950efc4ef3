//! The settings of users and of the data of sessions.

use crate::{App, DuplicateLogin};

impl App {
    /// Sets what becomes of a user's open sessions when another session is bound to the same user:
    /// [`DuplicateLogin::Keep`] by default. See [`users`](crate::users).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, DuplicateLogin};
    ///
    /// let app = App::new().duplicate_login(DuplicateLogin::Replace);
    /// ```
    pub fn duplicate_login(mut self, policy: DuplicateLogin) -> Self {
        self.config.users.duplicate_login = policy;
        self
    }

    /// Sets the number of bytes that the keys and values of a session's [`data`](crate::Session::data) may take:
    /// 16 KiB by default.
    ///
    /// # Examples
    ///
    /// ```
    /// let app = nano::App::new().session_data_limit(64 * 1024);
    /// ```
    pub fn session_data_limit(mut self, bytes: usize) -> Self {
        self.config.users.data_limit = bytes;
        self
    }
}

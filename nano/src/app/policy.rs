//! The policies of routes: their setting for the whole app, and the checks of their values.

use super::App;
use super::config::time_problem;
use crate::component::RouteInfo;

impl App {
    /// Lets only sessions that are [bound](crate::Session::bind) to a user call handlers. Those marked
    /// `#[handler(guest)]` can be called before, such as the one that logs a user in. A message to another is
    /// answered with the error `not_bound`. See [`policy`](crate::policy).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, App, Result, Session};
    ///
    /// struct Lobby;
    ///
    /// #[component]
    /// impl Lobby {
    ///     #[handler(guest)]
    ///     async fn login(&self, session: &Session, uid: i64) -> Result<()> {
    ///         session.bind(uid).await
    ///     }
    ///
    ///     #[handler]
    ///     fn tables(&self) -> Vec<String> {
    ///         Vec::new()
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = App::new().component(Lobby).require_bind().start().await?;
    /// let guests: Vec<_> = server.guest_routes().map(|route| route.name()).collect();
    /// assert_eq!(guests, ["lobby.login"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn require_bind(mut self) -> Self {
        self.config.policy.require_bind = true;
        self
    }
}

/// Reports values of a policy that cannot work.
pub(super) fn check(route: &RouteInfo, problems: &mut Vec<String>) {
    let (name, policy) = (route.name(), route.policy());
    let timeout = policy.timeout();
    problems.extend(timeout.and_then(|time| time_problem(&format!("timeout of `{name}`"), time)));
    if policy.max_body() == Some(0) {
        problems
            .push(format!("max_body of `{name}` is 0 bytes: no message with a body would pass"));
    }
}

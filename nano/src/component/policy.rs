//! The policy of a route: who may call it, how often, with how much, and for how long.

mod guard;

use std::time::Duration;

use crate::Rate;
pub(crate) use guard::Check;
pub use guard::Guard;

/// A value, or its absence; `None` leaves the decision to a default.
type Setting<T> = Option<Option<T>>;

/// The settings of a policy, for one route ([`Route::policy`](super::Route::policy)) or as the defaults of several
/// ([`Definition::defaults`](super::Definition::defaults)).
///
/// `None` switches a default off. The page [`policy`](crate::policy) has the meaning of each.
///
/// # Examples
///
/// ```
/// use nano::component::{Policy, Route};
/// use std::time::Duration;
///
/// let policy = Policy::new().timeout(Duration::from_secs(2)).max_body(4096).rate(None);
/// let route = Route::request("room.join").policy(policy);
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "a policy does nothing until a route has it"]
pub struct Policy {
    timeout: Setting<Duration>,
    rate: Setting<Rate>,
    max_body: Setting<usize>,
    guest: Option<bool>,
    before: Setting<Guard>,
}

impl Policy {
    /// A policy that says nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time that the handler, or its [`Reply`](crate::Reply), may take; by default that of
    /// [`App::handler_timeout`](crate::App::handler_timeout).
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// Sets the rate at which one session may send messages to the route.
    pub fn rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.rate = Some(rate.into());
        self
    }

    /// Sets the length of the longest body in bytes, after inflating.
    pub fn max_body(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.max_body = Some(bytes.into());
        self
    }

    /// Sets whether sessions without a user may call the route in an app that asks for one
    /// ([`App::require_bind`](crate::App::require_bind)).
    pub fn guest(mut self, guest: bool) -> Self {
        self.guest = Some(guest);
        self
    }

    /// Sets the function that is asked before the handler is called.
    pub fn before(mut self, guard: impl Into<Option<Guard>>) -> Self {
        self.before = Some(guard.into());
        self
    }

    /// This policy, and that of `defaults` where it says nothing.
    pub(crate) fn or(self, defaults: Self) -> Self {
        Self {
            timeout: self.timeout.or(defaults.timeout),
            rate: self.rate.or(defaults.rate),
            max_body: self.max_body.or(defaults.max_body),
            guest: self.guest.or(defaults.guest),
            before: self.before.or(defaults.before),
        }
    }

    /// The policy in force, when there are no more defaults.
    pub(crate) fn in_force(self) -> RoutePolicy {
        RoutePolicy {
            timeout: self.timeout.flatten(),
            rate: self.rate.flatten(),
            max_body: self.max_body.flatten(),
            guest: self.guest.unwrap_or_default(),
            before: self.before.flatten(),
        }
    }
}

/// The policy in force for a route, from [`RouteInfo::policy`](super::RouteInfo::policy).
///
/// # Examples
///
/// ```
/// use nano::{component, App};
///
/// struct Chat;
///
/// #[component(max_body = "4KiB")]
/// impl Chat {
///     #[handler(rate = "10/s")]
///     fn say(&self, text: String) {}
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> nano::Result<()> {
/// let server = App::new().component(Chat).start().await?;
/// let say = server.routes().find(|route| route.name() == "chat.say").expect("it is registered");
/// assert_eq!(say.policy().max_body(), Some(4096));
/// assert_eq!(say.policy().rate().map(|rate| rate.to_string()).as_deref(), Some("10/s"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RoutePolicy {
    timeout: Option<Duration>,
    rate: Option<Rate>,
    max_body: Option<usize>,
    guest: bool,
    before: Option<Guard>,
}

impl RoutePolicy {
    /// The time that the handler may take; `None` where it is that of
    /// [`App::handler_timeout`](crate::App::handler_timeout).
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The rate at which one session may send messages.
    pub fn rate(&self) -> Option<Rate> {
        self.rate
    }

    /// The length of the longest body in bytes; `None` where it is that of
    /// [`App::packet_limit`](crate::App::packet_limit).
    pub fn max_body(&self) -> Option<usize> {
        self.max_body
    }

    /// Whether the route is marked for sessions without a user.
    pub fn is_guest(&self) -> bool {
        self.guest
    }

    /// Adds to the time that the handler may take.
    #[cfg(feature = "cluster")]
    pub(super) fn wait_longer(&mut self, time: Duration) {
        self.timeout = self.timeout.map(|timeout| timeout + time);
    }

    /// The function that is asked before the handler.
    pub fn before(&self) -> Option<Guard> {
        self.before
    }
}

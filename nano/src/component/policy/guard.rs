//! Guards: functions of the application that are asked before a handler is called.

use std::any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::{Error, Result, Session};

/// A function that is asked before a handler is called: its error is the reply.
///
/// # Examples
///
/// ```
/// use nano::component::{Guard, Policy};
/// use nano::{Error, Result, Session};
///
/// fn is_player(session: &Session) -> Result<()> {
///     session.uid().map(drop).ok_or_else(|| Error::reject("no_player", "log in first"))
/// }
///
/// async fn may_call(session: &Session, route: &str) -> Result<()> {
///     // ... ask a database ...
///     Ok(())
/// }
///
/// let players = Policy::new().before(Guard::new(is_player));
/// let allowed = Policy::new().before(Guard::new(may_call));
/// ```
#[derive(Clone, Copy)]
pub struct Guard {
    name: &'static str,
    check: Check,
}

/// The two forms of a guard.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    Plain(&'static (dyn Fn(&Session, &'static str) -> Result<()> + Send + Sync)),
    Waiting(&'static (dyn for<'a> Fn(&'a Session, &'static str) -> Pending<'a> + Send + Sync)),
}

type Pending<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

impl Guard {
    /// Makes a guard of a function: `fn` or `async fn`, which takes `&Session`, or `&Session` and the route, and
    /// returns `Result<()>` with any error that converts into [`Error`].
    ///
    /// A closure that captures nothing will do for a function; one that captures something does not compile.
    pub fn new<F, K, A>(function: F) -> Self
    where
        F: for<'a> GuardFn<'a, K, A> + Copy + Send + Sync + 'static,
        K: Kind,
    {
        // The function lives as long as the program. As it has no size, it takes no memory.
        const { assert!(size_of::<F>() == 0, "a guard captures nothing") };
        let name = any::type_name::<F>();
        Self { name, check: K::check(move |session, route| function.ask(session, route)) }
    }

    /// Returns the path of the function, from its crate on: `game::shop::require_player`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn check(&self) -> Check {
        self.check
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&self.name).finish()
    }
}

/// A function that can be a guard. `K` is its kind, `A` stands for its parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked before a handler",
    label = "no guard",
    note = "a guard is `fn guard(session: &Session) -> Result<()>`, or an `async fn` whose future is `Send`; the \
            route may be its second parameter: `route: &str`"
)]
#[doc(hidden)]
pub trait GuardFn<'a, K: Kind, A> {
    fn ask(self, session: &'a Session, route: &'static str) -> K::Answer<'a>;
}

/// The parameters of a guard that takes the session.
#[doc(hidden)]
#[derive(Debug)]
pub enum OfSession {}

/// The parameters of a guard that takes the session and the route.
#[doc(hidden)]
#[derive(Debug)]
pub enum OfSessionAndRoute {}

impl<'a, K: Kind, F, R> GuardFn<'a, K, OfSession> for F
where
    F: FnOnce(&'a Session) -> R,
    R: Answered<'a, K>,
{
    fn ask(self, session: &'a Session, _route: &'static str) -> K::Answer<'a> {
        self(session).answer()
    }
}

impl<'a, K: Kind, F, R> GuardFn<'a, K, OfSessionAndRoute> for F
where
    F: FnOnce(&'a Session, &'static str) -> R,
    R: Answered<'a, K>,
{
    fn ask(self, session: &'a Session, route: &'static str) -> K::Answer<'a> {
        self(session, route).answer()
    }
}

/// The kinds of guards: [`Plain`] and [`Waiting`].
#[doc(hidden)]
pub trait Kind {
    type Answer<'a>;

    #[allow(private_interfaces)]
    fn check<F>(ask: F) -> Check
    where
        F: for<'a> Fn(&'a Session, &'static str) -> Self::Answer<'a> + Send + Sync + 'static;
}

/// A `fn`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Plain {}

/// An `async fn`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Waiting {}

impl Kind for Plain {
    type Answer<'a> = Result<()>;

    #[allow(private_interfaces)]
    fn check<F>(ask: F) -> Check
    where
        F: Fn(&Session, &'static str) -> Result<()> + Send + Sync + 'static,
    {
        Check::Plain(Box::leak(Box::new(ask)))
    }
}

impl Kind for Waiting {
    type Answer<'a> = Pending<'a>;

    #[allow(private_interfaces)]
    fn check<F>(ask: F) -> Check
    where
        F: for<'a> Fn(&'a Session, &'static str) -> Pending<'a> + Send + Sync + 'static,
    {
        Check::Waiting(Box::leak(Box::new(ask)))
    }
}

/// The value that a guard of the kind `K` returns.
#[doc(hidden)]
pub trait Answered<'a, K: Kind> {
    fn answer(self) -> K::Answer<'a>;
}

impl<E: Into<Error>> Answered<'_, Plain> for Result<(), E> {
    fn answer(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

impl<'a, F, E> Answered<'a, Waiting> for F
where
    F: Future<Output = Result<(), E>> + Send + 'a,
    E: Into<Error>,
{
    fn answer(self) -> Pending<'a> {
        Box::pin(async move { self.await.map_err(Into::into) })
    }
}

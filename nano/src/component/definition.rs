//! Definitions: the handlers, hooks and timers of a component, the same for all of its instances.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::entry::DefinedRoute;
use super::hook::{DefinedHook, DefinedTimer, Every, Hook, Lifecycle, SessionEvent};
use super::method::{AsyncFn, ExclusiveFn, Method, SharedFn};
use super::route::{Answer, Route};
use super::{AsyncCall, Call, Component, Exclusive};
use crate::{Result, Session};

/// The list of a component's handlers, hooks and timers, filled by [`Component::define`].
///
/// Each entry says what triggers it, and gives the method in one of three forms: with a
/// [`shared`](Self::shared) borrow of the component, with the [`exclusive`](Self::exclusive) one, or as
/// a [`future`](Self::future) that borrows by itself.
///
/// # Examples
///
/// What `#[component]` writes, by hand:
///
/// ```
/// use nano::component::{Component, Definition, Exclusive, Every, Route, SessionEvent};
/// use nano::serializer::{decoder, encoder};
/// use nano::{Result, Session};
/// use std::time::Duration;
///
/// #[derive(Default)]
/// struct Counter { value: i64 }
///
/// impl Counter {
///     fn add(&mut self, amount: i64) -> i64 {
///         self.value += amount;
///         self.value
///     }
///
///     async fn save(&self) -> Result<()> {
///         Ok(())
///     }
///
///     fn left(&self, session: &Session) {
///         println!("{} left", session.id());
///     }
///
///     fn decay(&mut self) {
///         self.value /= 2;
///     }
/// }
///
/// impl Component for Counter {
///     const NAME: &'static str = "counter";
///     type Access = Exclusive;
///
///     fn define(on: &mut Definition<Self>) {
///         on.exclusive(
///             Route::request("counter.add")
///                 .docs("Adds to the value and answers with the sum.")
///                 .payload(decoder!(i64))
///                 .reply(encoder!(i64)),
///             |this, _, payload| Ok(Self::add(this, payload)),
///         );
///         on.future(Route::request("counter.save"), |call, _| async move {
///             Ok(Self::save(&*call.shared().await).await?)
///         });
///         on.shared(
///             SessionEvent::Closed.hook("counter.left"),
///             |this, call, _| Ok(Self::left(this, call.session())),
///         );
///         on.exclusive(
///             Every::new(Duration::from_millis(500), "counter.decay"),
///             |this, _, _| Ok(Self::decay(this)),
///         );
///     }
/// }
/// ```
pub struct Definition<C: Component> {
    pub(crate) routes: Vec<DefinedRoute>,
    pub(crate) lifecycle: Vec<DefinedHook<C, Lifecycle, ()>>,
    pub(crate) session_hooks: Vec<DefinedHook<C, SessionEvent, Session>>,
    pub(crate) timers: Vec<DefinedTimer<C>>,
}

impl<C: Component> Definition<C> {
    pub(crate) fn of_component() -> Self {
        let mut definition = Self {
            routes: Vec::new(),
            lifecycle: Vec::new(),
            session_hooks: Vec::new(),
            timers: Vec::new(),
        };
        C::define(&mut definition);
        definition
    }

    /// Adds a method that takes `&self`.
    pub fn shared<T: Trigger, F>(&mut self, trigger: T, method: F)
    where
        F: for<'a> Fn(&'a C, Call<'a, C, T::Subject>, T::Args) -> Result<T::Output>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        trigger.define(self, SharedFn(method));
    }

    /// Adds a method whose future borrows the component, by [`AsyncCall::shared`] or
    /// [`AsyncCall::exclusive`].
    pub fn future<T: Trigger, F, Fut>(&mut self, trigger: T, method: F)
    where
        F: Fn(AsyncCall<C, T::Subject>, T::Args) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T::Output>> + Send + 'static,
    {
        trigger.define(self, AsyncFn(method));
    }
}

impl<C: Component<Access = Exclusive>> Definition<C> {
    /// Adds a method that takes `&mut self`.
    pub fn exclusive<T: Trigger, F>(&mut self, trigger: T, method: F)
    where
        F: for<'a> Fn(&'a mut C, Call<'a, C, T::Subject>, T::Args) -> Result<T::Output>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        trigger.define(self, ExclusiveFn(method));
    }
}

impl<C: Component> fmt::Debug for Definition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes: Vec<_> = self.routes.iter().map(|route| route.info.name()).collect();
        f.debug_struct("Definition").field("routes", &routes).finish_non_exhaustive()
    }
}

/// What calls a method of a component: a [`Route`], a [`Hook`] or [`Every`].
pub trait Trigger {
    /// What a call is about: the session, or nothing.
    type Subject: Clone + Send + Sync + 'static;
    /// What the method is given: the payload of a message, and the reply if it is sent later.
    type Args: Send + 'static;
    /// What the method returns.
    type Output: 'static;

    #[doc(hidden)]
    fn define<C, M>(self, definition: &mut Definition<C>, method: M)
    where
        C: Component,
        M: Method<C, Self::Subject, Self::Args, Self::Output>;
}

impl<P: Send + 'static, A: Answer> Trigger for Route<P, A> {
    type Subject = Session;
    type Args = A::Args<P>;
    type Output = A::Output;

    fn define<C, M>(self, definition: &mut Definition<C>, method: M)
    where
        C: Component,
        M: Method<C, Session, A::Args<P>, A::Output>,
    {
        definition.routes.push(DefinedRoute::new(self, method));
    }
}

impl Trigger for Hook<Lifecycle> {
    type Subject = ();
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, (), (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let Self { moment, label } = self;
        definition.lifecycle.push(DefinedHook { moment, label, method: Arc::new(method) });
    }
}

impl Trigger for Hook<SessionEvent> {
    type Subject = Session;
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, Session, (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let Self { moment, label } = self;
        definition.session_hooks.push(DefinedHook { moment, label, method: Arc::new(method) });
    }
}

impl Trigger for Every {
    type Subject = ();
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, (), (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        definition.timers.push(DefinedTimer { every: self, method: Arc::new(method) });
    }
}

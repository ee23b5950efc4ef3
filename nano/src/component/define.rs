//! Filling a definition: a trigger, and the method that it calls.

use std::future::Future;

use serde::Serialize;

use super::entry;
use super::erased::{DefinedHandshake, DefinedHook, DefinedTimer};
use super::handshake::{self, Announced, HandshakeHook};
#[cfg(feature = "cron")]
use super::hook::Cron;
use super::hook::{Every, Hook, Lifecycle, NodeEvent, SessionEvent};
use super::method::{AsyncFn, ExclusiveFn, Method, SharedFn};
use super::route::{Answer, Route};
use super::{AsyncCall, Call, Component, Definition, Exclusive};
use crate::timer::Schedule;
use crate::{Node, Result, Session};

impl<C: Component> Definition<C> {
    pub(crate) fn of_component() -> Self {
        let mut definition = Self::new();
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

/// What calls a method of a component: a [`Route`], a [`Hook`], a [`HandshakeHook`], [`Every`] or, with the feature
/// `cron`, `Cron`.
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
        let defaults = definition.defaults;
        definition.routes.push(entry::route::<C, _, _, _>(self, defaults, method));
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
        let method = entry::hook::<C, _, _, _>(method);
        definition.lifecycle.push(DefinedHook { moment, label, method });
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
        let method = entry::hook::<C, _, _, _>(method);
        definition.session_hooks.push(DefinedHook { moment, label, method });
    }
}

impl Trigger for Hook<NodeEvent> {
    type Subject = Node;
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, Node, (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let Self { moment, label } = self;
        let method = entry::hook::<C, _, _, _>(method);
        definition.node_hooks.push(DefinedHook { moment, label, method });
    }
}

impl<A: Announced, R: Serialize + 'static> Trigger for HandshakeHook<A, R> {
    type Subject = Session;
    type Args = A;
    type Output = R;

    fn define<C: Component, M: Method<C, Session, A, R>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let method = handshake::entry::<C, A, R, _>(method);
        definition.handshakes.push(DefinedHandshake { label: self.label, method });
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
        let Self { period, label } = self;
        let method = entry::hook::<C, _, _, _>(method);
        let schedule = Ok(Schedule::Every(period));
        definition.timers.push(DefinedTimer { label, schedule, method });
    }
}

#[cfg(feature = "cron")]
impl Trigger for Cron {
    type Subject = ();
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, (), (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let Self { expression, label } = self;
        let method = entry::hook::<C, _, _, _>(method);
        let schedule = Schedule::cron(expression);
        definition.timers.push(DefinedTimer { label, schedule, method });
    }
}

//! Hooks and timers: methods that the app calls by itself.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::call::Place;
use super::method::Method;
use super::{Component, Instance, Step};
use crate::{Result, timer};

/// A moment in the life of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// Before the app listens, in order of registration. An error stops the start.
    Init,
    /// After every component's `Init`, before the first connection.
    AfterInit,
    /// When shutdown begins, sessions still connected; in reverse order of registration.
    BeforeShutdown,
    /// When every session has ended; in reverse order of registration.
    Shutdown,
}

impl Lifecycle {
    /// A hook of this moment. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

/// A moment in the life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The handshake is complete; runs before the session's first message.
    Opened,
    /// [`Session::bind`](crate::Session::bind) gave it a user id; runs after the handler that did so.
    Bound,
    /// It has ended: after its last handler, and after it has left every group.
    Closed,
}

impl SessionEvent {
    /// A hook of this moment. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

/// A moment that a method waits for: a [`Lifecycle`] or a [`SessionEvent`], from their `hook`.
#[derive(Clone, Copy, Debug)]
pub struct Hook<M> {
    pub(super) moment: M,
    pub(super) label: &'static str,
}

/// A timer that runs from the start of an instance to its end.
#[derive(Clone, Copy, Debug)]
pub struct Every {
    pub(crate) period: Duration,
    pub(crate) label: &'static str,
}

impl Every {
    /// A timer with this period. `label` names it in logs.
    pub fn new(period: Duration, label: &'static str) -> Self {
        Self { period, label }
    }
}

/// A hook's method, whatever its form: one for all instances of `C`.
pub(crate) trait HookMethod<C: Component, S>: Send + Sync {
    fn run(&self, place: Place<'_, C>, subject: &S) -> Step<Result<()>>;
}

impl<C, S, M> HookMethod<C, S> for M
where
    C: Component,
    S: Clone + Send + Sync + 'static,
    M: Method<C, S, (), ()>,
{
    fn run(&self, place: Place<'_, C>, subject: &S) -> Step<Result<()>> {
        self.call(place, (), Cow::Borrowed(subject))
    }
}

/// A hook of a component, before it has an instance.
pub(crate) struct DefinedHook<C: Component, M, S> {
    pub(crate) moment: M,
    pub(crate) label: &'static str,
    pub(crate) method: Arc<dyn HookMethod<C, S>>,
}

impl<C: Component, M, S: 'static> DefinedHook<C, M, S> {
    /// The hook of one instance.
    pub(crate) fn bind(&self, instance: &Arc<Instance<C>>) -> Box<dyn RunHook<S>> {
        let (instance, label, method) = (instance.clone(), self.label, self.method.clone());
        Box::new(BoundHook { instance, label, method })
    }
}

/// One hook of one instance, whatever its component.
pub(crate) trait RunHook<S>: Send + Sync {
    fn label(&self) -> &'static str;
    fn run(&self, subject: &S) -> Step<Result<()>>;
}

struct BoundHook<C: Component, S> {
    instance: Arc<Instance<C>>,
    label: &'static str,
    method: Arc<dyn HookMethod<C, S>>,
}

impl<C: Component, S> RunHook<S> for BoundHook<C, S> {
    fn label(&self) -> &'static str {
        self.label
    }

    fn run(&self, subject: &S) -> Step<Result<()>> {
        self.method.run(Place { instance: &self.instance, label: self.label }, subject)
    }
}

/// A timer of a component, before it has an instance.
pub(crate) struct DefinedTimer<C: Component> {
    pub(crate) every: Every,
    pub(crate) method: Arc<dyn HookMethod<C, ()>>,
}

impl<C: Component> DefinedTimer<C> {
    /// The timer of one instance.
    pub(crate) fn bind(&self, instance: &Arc<Instance<C>>) -> Box<dyn StartTimer> {
        let (instance, every, method) = (instance.clone(), self.every, self.method.clone());
        Box::new(BoundTimer { instance, every, method })
    }
}

/// One timer of one instance, whatever its component.
pub(crate) trait StartTimer: Send + Sync {
    fn start(&self);
}

struct BoundTimer<C: Component> {
    instance: Arc<Instance<C>>,
    every: Every,
    method: Arc<dyn HookMethod<C, ()>>,
}

impl<C: Component> StartTimer for BoundTimer<C> {
    fn start(&self) {
        timer::defined(&self.instance, self.every, self.method.clone());
    }
}

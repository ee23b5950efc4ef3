//! Components behind one type, so that an app can hold them all.

use std::sync::Arc;
use std::time::Duration;

use super::definition::{HookFn, RouteFn, SessionHookFn};
use super::{Call, Component, Context, Instance, Step};
use crate::serializer::{Decoder, Encoder};
use crate::{Result, Session, timer};

/// Calls one handler.
pub(crate) trait DispatchRoute: Send + Sync {
    fn dispatch(&self, call: Call) -> Step<()>;
}

pub(crate) struct RouteEntry<C: Component, P, R> {
    pub(crate) context: Context<C>,
    pub(crate) decoder: Decoder<P>,
    pub(crate) encoder: Encoder<R>,
    pub(crate) handler: RouteFn<C, P, R>,
}

impl<C: Component, P: 'static, R: 'static> DispatchRoute for RouteEntry<C, P, R> {
    fn dispatch(&self, call: Call) -> Step<()> {
        (self.handler)(&self.context, call, self.decoder, self.encoder)
    }
}

/// Runs one hook of the app's life.
pub(crate) trait RunLifecycle: Send + Sync {
    fn label(&self) -> &'static str;
    fn run(&self) -> Step<Result<()>>;
}

pub(crate) struct LifecycleHook<C: Component> {
    pub(crate) label: &'static str,
    pub(crate) hook: HookFn<C>,
}

impl<C: Component> LifecycleHook<C> {
    pub(crate) fn bind(self, instance: &Arc<Instance<C>>) -> Box<dyn RunLifecycle> {
        Box::new((Context::new(instance.clone(), self.label), self))
    }
}

impl<C: Component> RunLifecycle for (Context<C>, LifecycleHook<C>) {
    fn label(&self) -> &'static str {
        self.1.label
    }

    fn run(&self) -> Step<Result<()>> {
        (self.1.hook)(&self.0)
    }
}

/// Runs one hook of a session's life.
pub(crate) trait RunSessionHook: Send + Sync {
    fn label(&self) -> &'static str;
    fn run(&self, session: &Session) -> Step<Result<()>>;
}

pub(crate) struct SessionHook<C: Component> {
    pub(crate) label: &'static str,
    pub(crate) hook: SessionHookFn<C>,
}

impl<C: Component> SessionHook<C> {
    pub(crate) fn bind(self, instance: &Arc<Instance<C>>) -> Box<dyn RunSessionHook> {
        Box::new((Context::new(instance.clone(), self.label), self))
    }
}

impl<C: Component> RunSessionHook for (Context<C>, SessionHook<C>) {
    fn label(&self) -> &'static str {
        self.1.label
    }

    fn run(&self, session: &Session) -> Step<Result<()>> {
        (self.1.hook)(&self.0, session)
    }
}

/// Starts one `#[every]` timer.
pub(crate) trait StartTimer: Send + Sync {
    fn start(&self);
}

pub(crate) struct TimerEntry<C: Component> {
    pub(crate) label: &'static str,
    pub(crate) period: Duration,
    pub(crate) body: HookFn<C>,
}

impl<C: Component> TimerEntry<C> {
    pub(crate) fn bind(self, instance: &Arc<Instance<C>>) -> Box<dyn StartTimer> {
        Box::new((instance.clone(), self))
    }
}

impl<C: Component> StartTimer for (Arc<Instance<C>>, TimerEntry<C>) {
    fn start(&self) {
        let (instance, timer) = self;
        timer::defined(instance, timer.label, timer.period, timer.body);
    }
}

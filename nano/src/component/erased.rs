//! Methods behind one type, whatever their component: handlers, hooks, timers and the handshake.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use serde_json::Value;

use super::route::{RouteInfo, Side};
use super::task::{Task, TaskInfo, TaskKind};
use super::{AnyInstance, Incoming, Step};
use crate::timer::{self, Schedule};
use crate::wire::handshake::Hello;
use crate::{Result, Session};

/// A handler of any component, for all of its instances.
pub(crate) trait DispatchRoute: Send + Sync {
    fn dispatch(
        &self,
        instance: &AnyInstance,
        message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()>;
}

/// A route of a component, before it has an instance.
#[derive(Clone)]
pub(crate) struct DefinedRoute {
    pub(crate) info: RouteInfo,
    /// The payload and the reply.
    pub(crate) sides: [Side; 2],
    pub(crate) entry: Arc<dyn DispatchRoute>,
}

/// The method of a hook or a timer, for all instances of its component.
pub(crate) trait HookMethod<S, A = ()>: Send + Sync {
    fn run(
        &self,
        instance: &AnyInstance,
        label: &'static str,
        subject: &S,
        args: A,
    ) -> Step<Result<()>>;
    /// The calls that have the component, for the log.
    fn holders(&self, instance: &AnyInstance) -> Option<String>;
}

/// A hook of a component, before it has an instance.
pub(crate) struct DefinedHook<M, S, A = ()> {
    pub(crate) moment: M,
    pub(crate) label: &'static str,
    pub(crate) method: Arc<dyn HookMethod<S, A>>,
}

impl<M: Clone, S, A> Clone for DefinedHook<M, S, A> {
    fn clone(&self) -> Self {
        Self { moment: self.moment.clone(), label: self.label, method: self.method.clone() }
    }
}

impl<M, S, A> DefinedHook<M, S, A> {
    /// The hook of one instance.
    pub(crate) fn bind(&self, instance: AnyInstance) -> BoundHook<S, A> {
        BoundHook { instance, label: self.label, method: self.method.clone() }
    }
}

/// One hook of one instance.
pub(crate) struct BoundHook<S, A = ()> {
    instance: AnyInstance,
    label: &'static str,
    method: Arc<dyn HookMethod<S, A>>,
}

impl<S, A> BoundHook<S, A> {
    pub(crate) fn label(&self) -> &'static str {
        self.label
    }

    pub(crate) fn run_with(&self, subject: &S, args: A) -> Step<Result<()>> {
        self.method.run(&self.instance, self.label, subject, args)
    }
}

impl<S> BoundHook<S> {
    pub(crate) fn run(&self, subject: &S) -> Step<Result<()>> {
        self.run_with(subject, ())
    }
}

impl<S, A> fmt::Debug for BoundHook<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundHook").field("label", &self.label).finish_non_exhaustive()
    }
}

/// A timer of a component, before it has an instance.
pub(crate) struct DefinedTimer {
    pub(crate) label: &'static str,
    /// An error is a problem of the app's configuration.
    pub(crate) schedule: Result<Schedule>,
    pub(crate) method: Arc<dyn HookMethod<()>>,
}

impl DefinedTimer {
    /// Reports a schedule that cannot be followed.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        if let Err(error) = &self.schedule {
            problems.push(format!("the timer `{}`: {error}", self.label));
        }
    }

    /// The timer of one instance; `None` when its schedule is a problem.
    pub(crate) fn bind(&self, instance: AnyInstance) -> Option<BoundTimer> {
        let schedule = self.schedule.as_ref().ok()?.clone();
        Some(BoundTimer { instance, label: self.label, schedule, method: self.method.clone() })
    }
}

/// One timer of one instance.
pub(crate) struct BoundTimer {
    instance: AnyInstance,
    label: &'static str,
    schedule: Schedule,
    method: Arc<dyn HookMethod<()>>,
}

impl BoundTimer {
    pub(crate) fn start(&self) {
        let (label, schedule) = (self.label, self.schedule.clone());
        let (instance, method) = (self.instance.clone(), self.method.clone());
        timer::spawn(self.instance.life(), label, move |timer| async move {
            let log = instance.life().log();
            let mut ticks = timer::Ticks::new(label, &schedule, timer, log);
            let info = TaskInfo { kind: TaskKind::Timer, label, session: None, limit: None };
            while ticks.next().await {
                let run = pin!(async { method.run(&instance, label, &(), ()).finish().await });
                let run = Task::new(info, run).run(log, std::future::pending());
                let outcome = ticks.run(run, || method.holders(&instance)).await;
                outcome.log_error(&info, log);
            }
        });
    }
}

/// The method of a handshake hook, for all instances of its component.
pub(crate) trait HandshakeMethod: Send + Sync {
    fn run(
        &self,
        instance: &AnyInstance,
        label: &'static str,
        session: &Session,
        hello: &mut Hello,
    ) -> Step<Result<Value>>;
}

/// The handshake hook of a component, before it has an instance.
pub(crate) struct DefinedHandshake {
    pub(crate) label: &'static str,
    pub(crate) method: Arc<dyn HandshakeMethod>,
}

impl DefinedHandshake {
    /// The hook of one instance.
    pub(crate) fn bind(&self, instance: AnyInstance) -> BoundHandshake {
        BoundHandshake { instance, label: self.label, method: self.method.clone() }
    }
}

/// The handshake hook of an app.
pub(crate) struct BoundHandshake {
    instance: AnyInstance,
    label: &'static str,
    method: Arc<dyn HandshakeMethod>,
}

impl BoundHandshake {
    pub(crate) fn label(&self) -> &'static str {
        self.label
    }

    /// Calls the hook, which takes `user` out of the announcement.
    pub(crate) fn run(&self, session: &Session, hello: &mut Hello) -> Step<Result<Value>> {
        self.method.run(&self.instance, self.label, session, hello)
    }
}

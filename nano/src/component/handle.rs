//! A way into a component from anywhere.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::access::Cell;
use super::{Borrow, Component, Instance, Place};
use crate::group::{Everyone, User};
use crate::session::{Directory, Nodes, Uid};
use crate::timer::{self, Schedule, Timer};
use crate::{Error, ErrorKind, Result, panics};

/// A cheap, `'static` reference to a component of a running app, for tasks, timers and other
/// components.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result};
///
/// #[derive(Default)]
/// struct Shop { sold: u32 }
///
/// #[component]
/// impl Shop {
///     #[handler]
///     fn buy(&mut self, ctx: &Context<Self>) -> Result<()> {
///         let handle = ctx.handle();
///         tokio::spawn(async move {
///             // ... ask the payment service, without holding the component ...
///             handle.call(|shop| shop.sold += 1).await
///         });
///         Ok(())
///     }
/// }
/// ```
pub struct Handle<C: Component> {
    instance: Arc<Instance<C>>,
    /// Who calls through it, for the warning about a long wait.
    label: &'static str,
}

impl<C: Component> Handle<C> {
    pub(crate) fn new(instance: Arc<Instance<C>>, label: &'static str) -> Self {
        Self { instance, label }
    }

    pub(super) fn place(&self) -> Place<'_, C> {
        Place { instance: &self.instance, label: self.label, is_hook: false }
    }

    /// Runs `f` with the component's borrow (`&mut C` if it has any `&mut self` handler, hook or
    /// timer, else `&C`), as soon as it is free, and returns what `f` returned.
    ///
    /// A handler, hook or timer that has the component while it awaits this call would wait for itself, if there is
    /// any `&mut self`: it gets an error instead. It works with `self`, or calls from a task that it spawns and does
    /// not wait for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the component has ended: after the app's `shutdown` hooks have run;
    /// [`ErrorKind::RoomClosed`] when it is a room that has ended, or whose `#[on(close)]` hooks run.
    /// [`ErrorKind::SelfLock`] when the caller has the component itself. [`ErrorKind::Internal`] when `f` panicked.
    ///
    /// # Cancel safety
    ///
    /// `f` runs to its end or not at all.
    pub async fn call<R: Send>(
        &self,
        f: impl for<'a> FnOnce(Borrow<'a, C>) -> R + Send,
    ) -> Result<R> {
        if self.is_closed() {
            return Err(self.instance.closed());
        }
        panics::catch_async(self.instance.run(self.label, f))
            .await
            .unwrap_or_else(|panic| Err(Error::internal(format!("the call panicked: {panic}"))))
    }

    /// The handle of another component of the same app. See
    /// [`Context::component`](super::Context::component).
    ///
    /// # Errors
    ///
    /// As [`Context::component`](super::Context::component).
    pub fn component<Other: Component>(&self) -> Result<Handle<Other>> {
        if self.is_closed() {
            return Err(self.instance.closed());
        }
        let registry = self.instance.registry.upgrade().ok_or_else(|| self.instance.closed())?;
        match registry.get::<Instance<Other>>() {
            Some(instance) => Ok(Handle::new(instance.clone(), self.label)),
            None => {
                let message = format!("the app has no component `{}`", Other::NAME);
                Err(Error::new(ErrorKind::Config, message))
            }
        }
    }

    /// A user of the app as a target of pushes, online or not. See [`Context::user`](super::Context::user).
    pub fn user(&self, uid: impl Into<Uid>) -> User {
        User::new(uid.into(), self.directory())
    }

    /// All sessions of the app as a target of pushes. See [`Context::everyone`](super::Context::everyone).
    pub fn everyone(&self) -> Everyone {
        Everyone::new(self.directory())
    }

    /// The nodes of the app as targets of calls. See [`Context::node`](super::Context::node).
    pub fn node(&self) -> Nodes {
        Nodes::new(self.directory())
    }

    /// The sessions of the app; of one that has ended, none.
    fn directory(&self) -> Directory {
        let registry = self.instance.registry.upgrade();
        registry.map(|registry| registry.directory().clone()).unwrap_or_default()
    }

    /// Whether the component has ended; it does not begin again.
    pub fn is_closed(&self) -> bool {
        self.instance.life.is_closed()
    }

    /// Runs `body` once, with the component's borrow, after `delay`. See [`Context::after`].
    ///
    /// [`Context::after`]: super::Context::after
    pub fn after(
        &self,
        delay: Duration,
        body: impl for<'a> FnOnce(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        let (instance, label) = (self.instance.clone(), self.label);
        timer::spawn(&self.instance.life, label, move |timer| async move {
            tokio::select! {
                biased;
                () = timer.cancelled() => {}
                () = tokio::time::sleep(delay) => {
                    let run = instance.run(label, body);
                    timer::guard(instance.life.log(), label, run).await;
                }
            }
        })
    }

    /// Runs `body` every `period`, with the component's borrow. See [`Context::every`].
    ///
    /// # Panics
    ///
    /// When `period` is zero.
    ///
    /// [`Context::every`]: super::Context::every
    pub fn every(
        &self,
        period: Duration,
        body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        assert!(!period.is_zero(), "the period of a timer must not be zero");
        self.repeat(Schedule::Every(period), body)
    }

    /// Runs `body` at the times of a cron expression, with the component's borrow. See [`Context::cron`].
    ///
    /// # Errors
    ///
    /// As [`Context::cron`].
    ///
    /// [`Context::cron`]: super::Context::cron
    #[cfg(feature = "cron")]
    pub fn cron(
        &self,
        expression: &str,
        body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Result<Timer> {
        Ok(self.repeat(Schedule::cron(expression)?, body))
    }

    fn repeat(
        &self,
        schedule: Schedule,
        mut body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        let (instance, label) = (self.instance.clone(), self.label);
        timer::spawn(&self.instance.life, label, move |timer| async move {
            let log = instance.life.log();
            let mut ticks = timer::Ticks::new(label, &schedule, timer, log);
            while ticks.next().await {
                let run = instance.run(label, |component| body(component));
                ticks.run(timer::guard(log, label, run), || instance.cell.holders()).await;
            }
        })
    }
}

impl<C: Component> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self { instance: self.instance.clone(), label: self.label }
    }
}

impl<C: Component> fmt::Debug for Handle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("component", &C::NAME).finish_non_exhaustive()
    }
}

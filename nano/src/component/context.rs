use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::access::{Access, Cell};
use super::{Borrow, Component, Exclusive, ExclusiveGuard, Instance, SharedGuard, Step};
use crate::panics;
use crate::timer::{self, Timer};
use crate::{Error, ErrorKind, Result};

/// What a handler, hook or timer reaches the rest of the app through: its own component's handle,
/// other components, timers.
///
/// A handler asks for it with a parameter `ctx: &Context<Self>`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use nano::{component, Context, Result};
///
/// #[derive(Default)]
/// struct Bomb { ticks: u32, exploded: bool }
///
/// #[component]
/// impl Bomb {
///     #[handler]
///     fn arm(&mut self, ctx: &Context<Self>) -> Result<()> {
///         ctx.after(Duration::from_secs(3), |bomb| bomb.exploded = true);
///         Ok(())
///     }
/// }
/// ```
pub struct Context<C: Component> {
    handle: Handle<C>,
}

impl<C: Component> Context<C> {
    pub(crate) fn new(instance: Arc<Instance<C>>, label: &'static str) -> Self {
        Self { handle: Handle { instance, label } }
    }

    /// A cheap, `'static` way back into this component, for tasks.
    pub fn handle(&self) -> Handle<C> {
        self.handle.clone()
    }

    /// The handle of another component of the same app.
    ///
    /// Two components that call each other from `&mut self` handlers wait for each other until
    /// the handler's deadline; the log names both routes after a second.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the app has no such component, [`ErrorKind::Closed`] when it is
    /// gone.
    pub fn component<Other: Component>(&self) -> Result<Handle<Other>> {
        self.handle.component()
    }

    /// Runs `body` once, with the component's borrow, after `delay`.
    ///
    /// The timer ends with the component, or with [`Timer::cancel`]; dropping the [`Timer`] lets
    /// it run.
    pub fn after(
        &self,
        delay: Duration,
        body: impl for<'a> FnOnce(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        timer::after(&self.handle.instance, self.handle.label, delay, body)
    }

    /// Runs `body` every `period`, with the component's borrow; the first time after one period.
    ///
    /// Runs never overlap; a tick that comes late is skipped and counted ([`Timer::skipped`]).
    ///
    /// # Panics
    ///
    /// When `period` is zero.
    pub fn every(
        &self,
        period: Duration,
        body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        timer::every(&self.handle.instance, self.handle.label, period, body)
    }

    /// Runs `f` with a shared borrow: at once when the component is free, else in a future.
    #[doc(hidden)]
    pub fn run_shared<R: Send + 'static>(
        &self,
        f: impl for<'a> FnOnce(&'a C) -> R + Send + 'static,
    ) -> Step<R> {
        match self.handle.instance.cell.try_shared(self.handle.label) {
            Some(component) => Step::Ready(f(&component)),
            None => {
                let context = self.clone();
                Step::pending(async move { f(&*context.shared().await) })
            }
        }
    }

    /// Waits for a shared borrow.
    #[doc(hidden)]
    pub fn shared(&self) -> impl Future<Output = SharedGuard<'_, C>> + Send {
        self.handle.instance.cell.shared(self.handle.label)
    }
}

impl<C: Component<Access = Exclusive>> Context<C> {
    /// Runs `f` with the exclusive borrow: at once when the component is free, else in a future.
    #[doc(hidden)]
    pub fn run_exclusive<R: Send + 'static>(
        &self,
        f: impl for<'a> FnOnce(&'a mut C) -> R + Send + 'static,
    ) -> Step<R> {
        match self.handle.instance.cell.try_exclusive(self.handle.label) {
            Some(mut component) => Step::Ready(f(&mut component)),
            None => {
                let context = self.clone();
                Step::pending(async move { f(&mut *context.exclusive().await) })
            }
        }
    }

    /// Waits for the exclusive borrow.
    #[doc(hidden)]
    pub fn exclusive(&self) -> impl Future<Output = ExclusiveGuard<'_, C>> + Send {
        self.handle.instance.cell.exclusive(self.handle.label)
    }
}

impl<C: Component> Clone for Context<C> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone() }
    }
}

impl<C: Component> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("label", &self.handle.label).finish_non_exhaustive()
    }
}

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
    pub(crate) fn new(instance: Arc<Instance<C>>) -> Self {
        Self { instance, label: C::NAME }
    }

    /// Runs `f` with the component's borrow (`&mut C` if it has any `&mut self` handler, hook or
    /// timer, else `&C`), as soon as it is free, and returns what `f` returned.
    ///
    /// A `&mut self` handler that awaits a call to its own component waits for itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the app has shut down; [`ErrorKind::Internal`] when `f` panicked.
    ///
    /// # Cancel safety
    ///
    /// `f` runs to its end or not at all.
    pub async fn call<R: Send>(
        &self,
        f: impl for<'a> FnOnce(Borrow<'a, C>) -> R + Send,
    ) -> Result<R> {
        if self.instance.core.strong_count() == 0 {
            return Err(Error::new(ErrorKind::Closed, "the app has shut down"));
        }
        panics::catch_async(C::Access::run(&self.instance.cell, self.label, f))
            .await
            .map_err(|panic| Error::internal(format!("the call panicked: {panic}")))
    }

    /// The handle of another component of the same app. See [`Context::component`].
    ///
    /// # Errors
    ///
    /// As [`Context::component`].
    pub fn component<Other: Component>(&self) -> Result<Handle<Other>> {
        let Some(core) = self.instance.core.upgrade() else {
            return Err(Error::new(ErrorKind::Closed, "the app has shut down"));
        };
        match core.component::<Other>() {
            Some(handle) => Ok(Handle { label: self.label, ..handle }),
            None => {
                let message = format!("the app has no component `{}`", Other::NAME);
                Err(Error::new(ErrorKind::Config, message))
            }
        }
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

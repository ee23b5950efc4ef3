//! The context of a handler: its way to the rest of the app.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Borrow, Component, Handle, Instance, Place};
use crate::Result;
use crate::group::{Everyone, User};
use crate::session::{Nodes, Uid};
use crate::timer::Timer;

/// What a handler, hook or timer reaches the rest of the app through: its own component's handle,
/// other components, users, timers.
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
        Self { handle: Handle::new(instance, label) }
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
    /// [`ErrorKind::Config`] when the app has no such component, [`ErrorKind::Closed`] when this one has
    /// ended.
    ///
    /// [`ErrorKind::Config`]: crate::ErrorKind::Config
    /// [`ErrorKind::Closed`]: crate::ErrorKind::Closed
    pub fn component<Other: Component>(&self) -> Result<Handle<Other>> {
        self.handle.component()
    }

    /// A user of the app as a target of pushes, online or not: `ChatPush::to(&ctx.user(7)).heard(&text)`.
    /// See [`users`](crate::users).
    pub fn user(&self, uid: impl Into<Uid>) -> User {
        self.handle.user(uid)
    }

    /// All sessions of the app as a target of pushes. See [`users`](crate::users).
    pub fn everyone(&self) -> Everyone {
        self.handle.everyone()
    }

    /// The nodes of the app as targets of calls: `ChatClient::new(&ctx.node().any()).say(&text).await?`.
    /// See [`calls`](crate::calls).
    pub fn node(&self) -> Nodes {
        self.handle.node()
    }

    /// Runs `body` once, with the component's borrow, after `delay`.
    ///
    /// `body` gets the component or room alone. A handle that it takes along pushes, or closes the room:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use nano::{Context, component};
    /// # struct Match;
    /// #[component(room)]
    /// impl Match {
    ///     #[handler]
    ///     fn finish(&self, ctx: &Context<Self>) {
    ///         let room = ctx.handle();
    ///         ctx.after(Duration::from_secs(3), move |_| room.close());
    ///     }
    /// }
    /// ```
    ///
    /// The timer ends with the component, or with [`Timer::cancel`]; dropping the [`Timer`] lets
    /// it run, unless [`Timer::cancel_on_drop`] was called.
    pub fn after(
        &self,
        delay: Duration,
        body: impl for<'a> FnOnce(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        self.handle.after(delay, body)
    }

    /// Runs `body` every `period`, with the component's borrow; the first time after one period.
    ///
    /// Runs never overlap; a tick that comes late is skipped and counted ([`Timer::skipped`]). [`Timer::times`] bounds the
    /// number of runs.
    ///
    /// # Panics
    ///
    /// When `period` is zero.
    pub fn every(
        &self,
        period: Duration,
        body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Timer {
        self.handle.every(period, body)
    }

    /// Runs `body` at the times of a cron expression, with the component's borrow. Needs the feature `cron`.
    ///
    /// The fields are those of crontab: minute, hour, day of the month, month and day of the week; with six, the first
    /// is the second. `MON`, `JAN`, `*/5`, `1-5`, `L` (the last day) and `@daily` are understood. A day must fit both day
    /// fields if one of them is `*`, and either of them otherwise. Times are in UTC; `CRON_TZ=` and the name of a zone in
    /// front change that, with the summer time of the zone: a time that is skipped in spring runs right after the gap,
    /// and one that comes twice in autumn runs once.
    ///
    /// The clock of the machine counts, also when it is set: by up to three hours back, nothing runs twice. Runs never
    /// overlap; a tick that comes late is skipped and counted ([`Timer::skipped`]). With tokio's paused time the clock
    /// moves with it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the expression cannot be read, names an unknown time zone,
    /// or has no such day, as the 30th of February.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Result};
    ///
    /// #[derive(Default)]
    /// struct Shop { sold_today: u32 }
    ///
    /// #[component]
    /// impl Shop {
    ///     #[cron("0 4 * * *")] // the same from the start on
    ///     fn report(&self) {
    ///         tracing::info!(self.sold_today, "four o'clock, UTC");
    ///     }
    ///
    ///     #[handler]
    ///     fn open(&mut self, ctx: &Context<Self>) -> Result<()> {
    ///         ctx.cron("CRON_TZ=Asia/Shanghai 0 0 * * *", |shop| shop.sold_today = 0)?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    #[cfg(feature = "cron")]
    pub fn cron(
        &self,
        expression: &str,
        body: impl for<'a> FnMut(Borrow<'a, C>) + Send + 'static,
    ) -> Result<Timer> {
        self.handle.cron(expression, body)
    }

    pub(super) fn as_handle(&self) -> &Handle<C> {
        &self.handle
    }

    pub(super) fn place(&self) -> Place<'_, C> {
        self.handle.place()
    }
}

impl<C: Component> Clone for Context<C> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone() }
    }
}

impl<C: Component> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("label", &self.place().label).finish_non_exhaustive()
    }
}

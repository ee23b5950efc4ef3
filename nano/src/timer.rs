//! Timers that belong to a component and end with it.

#[cfg(feature = "cron")]
mod cron;
mod schedule;
mod ticks;

use std::fmt;
use std::future::{Future, pending};
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use crate::Result;
use crate::component::Lifetime;
use crate::component::task::{Task, TaskInfo, TaskKind};
use crate::log::{Log, limited};

pub(crate) use schedule::Schedule;
pub(crate) use ticks::Ticks;

/// A running timer, from [`Context::after`], [`Context::every`] or `Context::cron`, or those of a
/// [`Handle`](crate::Handle).
///
/// [`Context::after`]: crate::Context::after
/// [`Context::every`]: crate::Context::every
///
/// Dropping it lets the timer run, unless [`Timer::cancel_on_drop`] was called; it ends with its
/// component. A panic of its body ends that run only.
#[derive(Clone)]
pub struct Timer {
    stop: CancellationToken,
    counts: Arc<Counts>,
}

#[derive(Debug)]
struct Counts {
    skipped: AtomicU64,
    runs: AtomicU64,
    /// The number of runs after which the timer ends.
    limit: AtomicU64,
}

impl Timer {
    fn new(stop: CancellationToken) -> Self {
        let [skipped, runs] = [0; 2].map(AtomicU64::new);
        Self { stop, counts: Arc::new(Counts { skipped, runs, limit: AtomicU64::new(u64::MAX) }) }
    }

    /// Waits until the timer is cancelled or its instance ends.
    pub(crate) async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    /// Notes the end of a run of a repeated timer.
    fn note_run(&self) {
        self.counts.runs.fetch_add(1, Ordering::SeqCst);
        self.end_after_limit();
    }

    /// Ends the timer if it has run as often as it may. Whichever of the two numbers is written last is seen.
    fn end_after_limit(&self) {
        if self.counts.runs.load(Ordering::SeqCst) >= self.counts.limit.load(Ordering::SeqCst) {
            self.cancel();
        }
    }

    /// Ends the timer. A body that is running finishes. Harmless when it has ended.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Returns `true` if the timer has been cancelled, has run as often as [`Timer::times`] says, or its component has
    /// ended.
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ties the timer to a value: it is cancelled when the guard is dropped, such as with the struct
    /// that holds it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use nano::{component, Context, TimerGuard};
    ///
    /// #[derive(Default)]
    /// struct Duel { turn: Option<TimerGuard>, forfeited: bool }
    ///
    /// #[component]
    /// impl Duel {
    ///     #[handler]
    ///     fn play(&mut self, ctx: &Context<Self>) {
    ///         let forfeit = ctx.after(Duration::from_secs(30), |duel| duel.forfeited = true);
    ///         self.turn = Some(forfeit.cancel_on_drop()); // the last turn's timer ends here
    ///     }
    /// }
    /// ```
    pub fn cancel_on_drop(self) -> TimerGuard {
        TimerGuard(self)
    }

    /// Ends a repeated timer when it has run `count` times in all. Runs that panicked count, skipped ticks do not.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use nano::{component, Context};
    ///
    /// #[derive(Default)]
    /// struct Race { countdown: u32 }
    ///
    /// #[component]
    /// impl Race {
    ///     #[handler]
    ///     fn start(&mut self, ctx: &Context<Self>) {
    ///         self.countdown = 3;
    ///         ctx.every(Duration::from_secs(1), |race| race.countdown -= 1).times(3);
    ///     }
    /// }
    /// ```
    pub fn times(self, count: u64) -> Self {
        self.counts.limit.store(count, Ordering::SeqCst);
        self.end_after_limit();
        self
    }

    /// Returns the number of ticks that were skipped because a body, or the wait for the component, took until the
    /// next one or longer.
    pub fn skipped(&self) -> u64 {
        self.counts.skipped.load(Ordering::Relaxed)
    }
}

/// A timer that is cancelled when this guard is dropped, from [`Timer::cancel_on_drop`].
#[derive(Debug)]
#[must_use = "a guard that is dropped cancels its timer"]
pub struct TimerGuard(Timer);

impl Deref for TimerGuard {
    type Target = Timer;
    fn deref(&self) -> &Timer {
        &self.0
    }
}

impl Drop for TimerGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("cancelled", &self.is_cancelled())
            .field("skipped", &self.skipped())
            .finish()
    }
}

/// Runs `run` with a timer of its own, until it ends or the instance does.
pub(crate) fn spawn<F>(life: &Lifetime, label: &'static str, run: impl FnOnce(Timer) -> F) -> Timer
where
    F: Future<Output = ()> + Send + 'static,
{
    let timer = Timer::new(life.stop_token());
    let task = run(timer.clone());
    // Outside a runtime there is nobody to run it, and a panic would cost the caller.
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => life.spawn(task, &runtime),
        Err(_) => limited!(life.log(), TimerOutside, timer = label),
    }
    timer
}

/// Runs a body of the application's; a panic costs that run only.
pub(crate) async fn guard(log: &Log, label: &'static str, run: impl Future<Output = Result<()>>) {
    let info = TaskInfo { kind: TaskKind::Timer, label, session: None, limit: None };
    Task::new(info, pin!(run)).run(log, pending()).await.log_error(&info, log);
}

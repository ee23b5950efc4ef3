//! Timers that belong to a component and end with it.

use std::fmt;
use std::future::{Future, pending};
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Result;
use crate::component::Lifetime;
use crate::component::task::{Task, TaskInfo, TaskKind};
use crate::log::{Log, limited};

/// A running timer, from [`Context::after`] or [`Context::every`], or those of a
/// [`Handle`](crate::Handle).
///
/// [`Context::after`]: crate::Context::after
/// [`Context::every`]: crate::Context::every
///
/// Dropping it lets the timer run, unless [`Timer::cancel_on_drop`] was called; it ends with its
/// component.
#[derive(Clone)]
pub struct Timer {
    stop: CancellationToken,
    skipped: Arc<AtomicU64>,
}

impl Timer {
    /// Waits until the timer is cancelled or its instance ends.
    pub(crate) async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    /// Ends the timer. A body that is running finishes. Harmless when it has ended.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Returns `true` if the timer has been cancelled, or its component has ended.
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

    /// Returns the number of ticks that were skipped because a body, or the wait for the component, took longer than
    /// the period.
    pub fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
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
    let timer = Timer { stop: life.stop_token(), skipped: Arc::default() };
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

/// The moments at which a repeated timer runs: a fixed grid, from which late ticks are left out.
pub(crate) struct Ticks<'a> {
    label: &'static str,
    period: Duration,
    last: Instant,
    timer: Timer,
    log: &'a Log,
    /// The calls that had the component when the tick after the last one was lost.
    holder: Option<String>,
}

impl<'a> Ticks<'a> {
    pub(crate) fn new(label: &'static str, period: Duration, timer: Timer, log: &'a Log) -> Self {
        Self { label, period, last: Instant::now(), timer, log, holder: None }
    }

    /// Runs the body of a tick. If it is not done when the next tick is due, `holders` tells whom it waits for.
    pub(crate) async fn run<T>(
        &mut self,
        body: impl Future<Output = T>,
        holders: impl Fn() -> Option<String>,
    ) -> T {
        self.holder = None;
        let mut body = pin!(body);
        if let Some(next) = self.last.checked_add(self.period) {
            tokio::select! {
                biased;
                output = &mut body => return output,
                () = tokio::time::sleep_until(next) => self.holder = holders(),
            }
        }
        body.await
    }

    /// Waits for the next tick; false when the timer has ended.
    pub(crate) async fn next(&mut self) -> bool {
        let skipped = missed(self.last.elapsed(), self.period);
        if skipped > 0 {
            self.timer.skipped.fetch_add(skipped.into(), Ordering::Relaxed);
            let (timer, period, holder) = (self.label, self.period, self.holder.take());
            let lost_in_all = self.timer.skipped();
            limited!(self.log, TicksLost, timer, ?period, holder, lost = skipped, lost_in_all);
        }
        let Some(due) = self
            .period
            .checked_mul(skipped.saturating_add(1))
            .and_then(|delay| self.last.checked_add(delay))
        else {
            // Beyond what the clock can say: never.
            self.timer.stop.cancelled().await;
            return false;
        };
        self.last = due;
        tokio::select! {
            biased;
            () = self.timer.stop.cancelled() => false,
            () = tokio::time::sleep_until(due) => true,
        }
    }
}

/// The number of ticks strictly within `elapsed`: a tick that is due just now is not late.
fn missed(elapsed: Duration, period: Duration) -> u32 {
    let missed = elapsed.as_nanos().saturating_sub(1) / period.as_nanos();
    u32::try_from(missed).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ticks_that_have_passed_are_missed() {
        let check = |elapsed, period, expected| {
            let elapsed = Duration::from_millis(elapsed);
            assert_eq!(missed(elapsed, Duration::from_millis(period)), expected, "{elapsed:?}");
        };
        check(0, 100, 0);
        check(99, 100, 0);
        check(100, 100, 0);
        check(101, 100, 1);
        check(250, 100, 2);
        check(u64::MAX / 1000, 1, u32::MAX);
    }
}

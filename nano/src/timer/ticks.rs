//! The ticks of a repeated timer, of which those that come late are left out.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::atomic::Ordering;

use tokio::time::sleep_until;

use super::Timer;
use super::schedule::{Grid, Schedule};
use crate::log::{Log, limited};

/// The ticks of a repeated timer: the moments of its schedule, but for those that have passed before they could run.
pub(crate) struct Ticks<'a> {
    label: &'static str,
    grid: Grid,
    timer: Timer,
    log: &'a Log,
    /// The calls that had the component when the tick after the last one was lost.
    holder: Option<String>,
}

impl<'a> Ticks<'a> {
    pub(crate) fn new(
        label: &'static str,
        schedule: &Schedule,
        timer: Timer,
        log: &'a Log,
    ) -> Self {
        Self { label, grid: Grid::start(schedule), timer, log, holder: None }
    }

    /// Runs the body of a tick. If it is not done when the next tick is due, `holders` tells whom it waits for.
    pub(crate) async fn run<T>(
        &mut self,
        body: impl Future<Output = T>,
        holders: impl Fn() -> Option<String>,
    ) -> T {
        self.holder = None;
        let mut body = pin!(body);
        let next = self.grid.next();
        let due = async {
            match next {
                Some(next) => sleep_until(next).await,
                None => pending().await,
            }
        };
        let early = tokio::select! {
            biased;
            output = &mut body => Some(output),
            () = due => None,
        };
        let output = match early {
            Some(output) => output,
            None => {
                self.holder = holders();
                body.await
            }
        };
        self.timer.note_run();
        output
    }

    /// Waits for the next tick; false when the timer has ended.
    pub(crate) async fn next(&mut self) -> bool {
        if self.timer.is_cancelled() {
            return false;
        }
        let skipped = self.grid.skip_missed();
        if skipped > 0 {
            self.timer.counts.skipped.fetch_add(skipped, Ordering::Relaxed);
            let (timer, period, holder) = (self.label, self.grid.period(), self.holder.take());
            let (period, lost_in_all) = (period.map(tracing::field::debug), self.timer.skipped());
            limited!(self.log, TicksLost, timer, period, holder, lost = skipped, lost_in_all);
        }
        tokio::select! {
            biased;
            () = self.timer.stop.cancelled() => false,
            () = self.grid.tick() => true,
        }
    }
}

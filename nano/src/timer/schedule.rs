//! The schedules of repeated timers, and the moments of their ticks.

use std::future::pending;
#[cfg(feature = "cron")]
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

#[cfg(feature = "cron")]
use super::cron::{Calendar, Cron};

/// The times at which a repeated timer runs.
#[derive(Clone, Debug)]
pub(crate) enum Schedule {
    /// One period after the start, and then at each further one.
    Every(Duration),
    /// At the times of a cron expression.
    #[cfg(feature = "cron")]
    Cron(Arc<Cron>),
}

#[cfg(feature = "cron")]
impl Schedule {
    /// The schedule of a cron expression.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when it cannot be read, or never comes.
    pub(crate) fn cron(expression: &str) -> crate::Result<Self> {
        Ok(Self::Cron(Arc::new(Cron::parse(expression)?)))
    }
}

/// The moments of a schedule, from the last tick on.
pub(super) enum Grid {
    Every {
        period: Duration,
        last: Instant,
    },
    #[cfg(feature = "cron")]
    Cron(Calendar),
}

impl Grid {
    /// The moments from now on.
    pub(super) fn start(schedule: &Schedule) -> Self {
        match schedule {
            Schedule::Every(period) => Self::Every { period: *period, last: Instant::now() },
            #[cfg(feature = "cron")]
            Schedule::Cron(cron) => Self::Cron(Calendar::start(cron.clone())),
        }
    }

    /// The time between two ticks, if it is always the same.
    pub(super) fn period(&self) -> Option<Duration> {
        match self {
            Self::Every { period, .. } => Some(*period),
            #[cfg(feature = "cron")]
            Self::Cron(_) => None,
        }
    }

    /// Returns the moment of the tick after the last one; `None` for never.
    pub(super) fn next(&self) -> Option<Instant> {
        match self {
            Self::Every { period, last } => last.checked_add(*period),
            #[cfg(feature = "cron")]
            Self::Cron(calendar) => calendar.next(),
        }
    }

    /// Leaves the ticks out that have passed, and returns their number.
    pub(super) fn skip_missed(&mut self) -> u64 {
        match self {
            Self::Every { period, last } => {
                let skipped = missed(last.elapsed(), *period);
                match period.checked_mul(skipped).and_then(|passed| last.checked_add(passed)) {
                    Some(moment) => *last = moment,
                    // More periods than the clock can say have passed: the grid begins anew.
                    None => *last = Instant::now(),
                }
                skipped.into()
            }
            #[cfg(feature = "cron")]
            Self::Cron(calendar) => calendar.skip_missed(),
        }
    }

    /// Waits for the next tick, which is the last one from then on.
    ///
    /// # Cancel safety
    ///
    /// A wait that is dropped has changed nothing.
    pub(super) async fn tick(&mut self) {
        match self {
            Self::Every { period, last } => match last.checked_add(*period) {
                Some(due) => {
                    sleep_until(due).await;
                    *last = due;
                }
                // Beyond what the clock can say: never.
                None => pending().await,
            },
            #[cfg(feature = "cron")]
            Self::Cron(calendar) => calendar.tick().await,
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

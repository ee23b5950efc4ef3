//! Cron expressions, and the moments of their ticks by the clock of the machine.

use std::sync::Arc;
use std::time::Duration;

use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use tokio::time::{Instant, sleep};

use crate::{Error, ErrorKind, Result};

/// The longest time for which the clock of the machine is not looked at: it may be set.
const LOOK: Duration = Duration::from_secs(60);

/// The clock may be set back by this much without ticks that have run running again, as at the end of summer time on
/// machines whose clock has the local time.
const SET_BACK: SignedDuration = SignedDuration::from_hours(3);

/// The most ticks that are counted one by one when they were missed.
const COUNTED: u64 = 1000;

/// A cron expression and its time zone.
#[derive(Debug)]
pub(crate) struct Cron {
    pattern: croner::Cron,
    zone: TimeZone,
}

impl Cron {
    /// Reads an expression: `0 4 * * *`, `*/10 * * * * *` with seconds, `CRON_TZ=Asia/Shanghai 0 4 * * *`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when it is no cron expression, names an unknown time zone, or never comes.
    pub(crate) fn parse(expression: &str) -> Result<Self> {
        let (zone, pattern) = match expression.trim_start().strip_prefix("CRON_TZ=") {
            Some(rest) => {
                let (name, pattern) = rest.split_once(' ').unwrap_or((rest, ""));
                let zone = TimeZone::get(name).map_err(|_| {
                    error(expression, format_args!("there is no time zone `{name}`"))
                })?;
                (zone, pattern)
            }
            None => (TimeZone::UTC, expression),
        };
        let parser =
            CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
        let pattern = parser.parse(pattern).map_err(|fault| {
            let fields = "the fields are minute, hour, day of the month, month and day of the week, \
                          with the second before them if there are six";
            error(expression, format_args!("{fault}; {fields}"))
        })?;
        let cron = Self { pattern, zone };
        match cron.after(Timestamp::now()) {
            Some(_) => Ok(cron),
            None => Err(error(expression, format_args!("there is no such day"))),
        }
    }

    /// Returns the first moment after `last`; `None` for never.
    fn after(&self, last: Timestamp) -> Option<Timestamp> {
        let last: Zoned = last.to_zoned(self.zone.clone());
        let next = self.pattern.find_next_occurrence(&last, false).ok()?;
        // It is what all here rely on to come to an end.
        Some(next.timestamp()).filter(|next| *next > last.timestamp())
    }

    /// Leaves out the moments between `last` and `now`: returns the last one of them and their number.
    fn skip(&self, mut last: Timestamp, now: Timestamp) -> (Timestamp, u64) {
        let mut skipped = 0;
        while let Some(next) = self.after(last).filter(|next| *next < now) {
            skipped += 1;
            last = next;
            if skipped == COUNTED {
                // The clock was set, or the machine slept: the rest is not looked at.
                return (now, skipped);
            }
        }
        (last, skipped)
    }
}

fn error(expression: &str, fault: std::fmt::Arguments<'_>) -> Error {
    let message = format!("`{expression}` is no cron expression: {fault}");
    Error::new(ErrorKind::Config, message)
}

/// The moments of a cron expression, from the last tick on.
pub(super) struct Calendar {
    cron: Arc<Cron>,
    last: Timestamp,
}

impl Calendar {
    pub(super) fn start(cron: Arc<Cron>) -> Self {
        Self { cron, last: now() }
    }

    /// Returns the moment of the tick after the last one.
    pub(super) fn next(&self) -> Option<Instant> {
        let left = self.cron.after(self.last)?.duration_since(now());
        Instant::now().checked_add(Duration::try_from(left).unwrap_or_default())
    }

    pub(super) fn skip_missed(&mut self) -> u64 {
        let (last, skipped) = self.cron.skip(self.last, now());
        self.last = last;
        skipped
    }

    /// Waits for the next tick.
    pub(super) async fn tick(&mut self) {
        loop {
            let now = now();
            self.last = from(self.last, now);
            let Some(due) = self.cron.after(self.last) else {
                return std::future::pending().await;
            };
            match Duration::try_from(due.duration_since(now)) {
                Ok(left) if !left.is_zero() => sleep(left.min(LOOK)).await,
                _ => {
                    self.last = due;
                    return;
                }
            }
        }
    }
}

/// Returns the moment after which the next tick is looked for: the last tick, unless the clock was set back so far that
/// it was wrong before.
fn from(last: Timestamp, now: Timestamp) -> Timestamp {
    if last.duration_since(now) > SET_BACK { now } else { last }
}

/// Reads the clock of the machine, moved on by as much as the runtime's time is ahead of the real one: it is in tests
/// with paused time, and only there.
fn now() -> Timestamp {
    let (runtime, real) = (Instant::now().into_std(), std::time::Instant::now());
    let ahead = match runtime.checked_duration_since(real) {
        Some(ahead) => SignedDuration::try_from(ahead),
        None => SignedDuration::try_from(real - runtime).map(|behind| -behind),
    };
    let ahead = ahead.unwrap_or_default();
    Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;

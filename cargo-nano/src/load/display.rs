//! The line that shows a load while it runs.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report::shown;
use super::robots::Robots;

/// A bar on the standard error, if that is a terminal.
pub(super) struct Display {
    bar: ProgressBar,
    start: Instant,
    /// The time of the last change, and the number of replies then.
    last: (Instant, u64),
}

/// The time between two changes.
const INTERVAL: Duration = Duration::from_millis(200);

impl Display {
    /// Begins to show a load of some time.
    pub(super) fn new(time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let bar = ProgressBar::new(millis);
        // The template is a constant that fits.
        if let Ok(style) = ProgressStyle::with_template("{elapsed} {bar:20} {msg}") {
            bar.set_style(style);
        }
        Self { bar, start: Instant::now(), last: (Instant::now(), 0) }
    }

    /// Shows the state of the load, if it is time.
    pub(super) fn show(&mut self, robots: &Robots) {
        let (at, replies) = self.last;
        let passed = at.elapsed();
        if passed < INTERVAL || self.bar.is_hidden() {
            return;
        }
        let report = &robots.report;
        let rate = report.replies().saturating_sub(replies) as f64 / passed.as_secs_f64();
        self.last = (Instant::now(), report.replies());
        self.bar.set_position(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX));
        self.bar.set_message(format!(
            "{} robots, {rate:.0} replies/s, p99 {}, {} errors",
            robots.alive(),
            shown(report.quantile(0.99)),
            report.errors(),
        ));
    }

    /// Removes the line.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

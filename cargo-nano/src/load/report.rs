//! The results of a load, and the conditions that they have to meet.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use nano_bench::generator::{Histogram, Nanos, new_histogram};
use serde_json::{Value, json};

use super::script::Script;
use crate::failure::{Failure, Outcome};

/// The most reasons that are told apart: a server chooses its texts.
const REASONS: usize = 20;
/// The longest of them, in letters.
const LONGEST_REASON: usize = 200;

/// The counts of a load.
#[derive(Debug)]
pub(super) struct Report {
    routes: Vec<Row>,
    pub(super) connected: u64,
    pub(super) sent: u64,
    pub(super) pushes: u64,
    pub(super) rounds: u64,
    errors: u64,
    reasons: BTreeMap<String, u64>,
}

#[derive(Debug)]
struct Row {
    route: String,
    latency: Histogram<u64>,
    errors: u64,
}

/// The conditions of a load, for CI.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// The latency within which 99 % of the requests of each route have to be answered.
    pub(super) p99: Option<Duration>,
    /// The part of requests and waits that may fail, from 0 to 1.
    pub(super) errors: Option<f64>,
}

impl Row {
    /// Tells if less than 99 % of the requests were answered within `p99`. One that failed was not.
    fn slower_than(&self, p99: Duration) -> Option<String> {
        let (route, errors, replies) = (&self.route, self.errors, self.latency.len());
        let part = 0.99 * (replies + errors) as f64 / replies as f64;
        if part > 1.0 {
            let all = replies + errors;
            return Some(format!("{route} has no p99: {errors} of {all} requests failed"));
        }
        // Nothing was asked for.
        let found = (replies > 0).then(|| self.latency.value_at_quantile(part))?;
        let found = Duration::from_nanos(found);
        (found > p99)
            .then(|| format!("the p99 of {route} is {}, more than {}", shown(found), shown(p99)))
    }
}

impl Report {
    pub(super) fn new(script: &Script) -> Self {
        let row =
            |route: &String| Row { route: route.clone(), latency: new_histogram(), errors: 0 };
        Self {
            routes: script.routes.iter().map(row).collect(),
            connected: 0,
            sent: 0,
            pushes: 0,
            rounds: 0,
            errors: 0,
            reasons: BTreeMap::new(),
        }
    }

    /// Begins the time that rates are of. The connections that there are stay counted, and so do errors.
    pub(super) fn begin(&mut self) {
        self.routes.iter_mut().for_each(|row| row.latency.reset());
        (self.sent, self.pushes, self.rounds) = (0, 0, 0);
    }

    pub(super) fn answered(&mut self, route: usize, latency: Nanos) {
        self.routes[route].latency.saturating_record(latency);
    }

    pub(super) fn failed(&mut self, route: usize, reason: &str) {
        let row = &mut self.routes[route];
        row.errors += 1;
        let text = format!("{}: {reason}", row.route);
        self.count(text);
    }

    /// Counts a push that did not come.
    pub(super) fn missed(&mut self, route: &str) {
        self.count(format!("{route}: no push in time"));
    }

    /// Counts a connection that was lost.
    pub(super) fn lost(&mut self, reason: &str) {
        self.count(format!("connection lost: {reason}"));
    }

    fn count(&mut self, mut reason: String) {
        self.errors += 1;
        if let Some((end, _)) = reason.char_indices().nth(LONGEST_REASON) {
            reason.truncate(end);
        }
        let is_known = self.reasons.contains_key(&reason);
        let reason = match is_known || self.reasons.len() < REASONS {
            true => reason,
            false => "other reasons".to_owned(),
        };
        *self.reasons.entry(reason).or_default() += 1;
    }

    /// Returns the number of replies.
    pub(super) fn replies(&self) -> u64 {
        self.routes.iter().map(|row| row.latency.len()).sum()
    }

    /// Returns the number of requests and waits that failed, and of connections that were lost.
    pub(super) fn errors(&self) -> u64 {
        self.errors
    }

    fn error_share(&self) -> f64 {
        let all = self.replies() + self.errors;
        if all == 0 { 0.0 } else { self.errors as f64 / all as f64 }
    }

    /// Returns the latency of all routes within which a part of the replies came.
    pub(super) fn quantile(&self, part: f64) -> Duration {
        let mut all = new_histogram();
        for row in &self.routes {
            // They have the same bounds.
            let _ = all.add(&row.latency);
        }
        Duration::from_nanos(all.value_at_quantile(part))
    }

    /// Shows the results for a person.
    pub(super) fn text(&self, time: Duration) -> String {
        let seconds = time.as_secs_f64().max(f64::MIN_POSITIVE);
        let width = self.routes.iter().map(|row| row.route.len()).max().unwrap_or_default().max(5);
        let mut text = format!(
            "{:width$}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>7}\n",
            "route", "replies", "a second", "p50", "p90", "p99", "longest", "errors"
        );
        for Row { route, latency, errors } in &self.routes {
            let at = |part| shown(Duration::from_nanos(latency.value_at_quantile(part)));
            let _ = writeln!(
                text,
                "{route:width$}  {:>9}  {:>9.0}  {:>9}  {:>9}  {:>9}  {:>9}  {errors:>7}",
                latency.len(),
                latency.len() as f64 / seconds,
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0),
            );
        }
        let _ = writeln!(
            text,
            "\n{} robots, {} rounds, {} messages sent, {} pushes received, {} errors ({:.3} %) in {:.1} s",
            self.connected,
            self.rounds,
            self.sent,
            self.pushes,
            self.errors,
            self.error_share() * 100.0,
            seconds
        );
        for (reason, count) in &self.reasons {
            let _ = writeln!(text, "  {count} x {reason}");
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Shows the results for a program. Times are in seconds.
    pub(super) fn json(&self, time: Duration) -> Value {
        let row = |Row { route, latency, errors }: &Row| {
            let at = |part| latency.value_at_quantile(part) as f64 / 1e9;
            json!({
                "route": route,
                "replies": latency.len(),
                "errors": errors,
                "p50": at(0.5),
                "p90": at(0.9),
                "p99": at(0.99),
                "longest": at(1.0),
            })
        };
        json!({
            "seconds": time.as_secs_f64(),
            "robots": self.connected,
            "rounds": self.rounds,
            "sent": self.sent,
            "pushes": self.pushes,
            "replies": self.replies(),
            "errors": self.errors,
            "errorShare": self.error_share(),
            "reasons": self.reasons,
            "routes": self.routes.iter().map(row).collect::<Vec<_>>(),
        })
    }

    /// Fails when a condition is not met.
    pub(super) fn check(&self, limits: Limits) -> Outcome {
        if self.replies() == 0 && self.rounds == 0 {
            return Err(Failure::refused("no robot came to the end of its steps")
                .help("run it for longer, or look at the reasons above"));
        }
        let mut broken = Vec::new();
        if let Some(p99) = limits.p99 {
            for row in &self.routes {
                broken.extend(row.slower_than(p99));
            }
        }
        let share = self.error_share();
        if let Some(most) = limits.errors.filter(|most| share > *most) {
            broken.push(format!(
                "{:.3} % of the requests failed, more than {} %",
                share * 100.0,
                most * 100.0
            ));
        }
        match broken.is_empty() {
            true => Ok(()),
            false => Err(Failure::refused(broken.join("\n       "))),
        }
    }
}

/// A time with three digits or so.
pub(super) fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        0.0 => "-".to_owned(),
        _ if seconds < 1e-3 => format!("{:.0} us", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

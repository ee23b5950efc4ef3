//! The metrics of one route, and the measure of one of its messages.

use std::fmt;
use std::sync::{Arc, OnceLock};

use metrics::{Counter, Histogram};
use tokio::time::Instant;

use super::registry::Metrics;
use super::table;
use crate::error::Told;
use crate::{Error, ErrorKind};

/// The route of all messages whose own one the app does not have: a peer must not make labels.
pub(crate) const UNKNOWN_ROUTE: &str = "(unknown)";

/// The number of kinds of errors whose counters are kept. There is room for more kinds than there are.
const KINDS: usize = 64;

/// The outcome of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    /// The handler has ended, and left the answer to its [`Reply`](crate::Reply).
    Deferred,
    Panicked,
    /// It was answered with an error, or would have been if it was a request.
    Error(ErrorKind),
}

/// The metrics of one route.
pub(crate) struct RouteMetrics {
    metrics: Arc<Metrics>,
    route: &'static str,
    ok: Counter,
    deferred: Counter,
    panicked: Counter,
    time: Histogram,
    /// By the number of their kind, made when they are needed: most routes have few.
    errors: [OnceLock<Counter>; KINDS],
}

impl RouteMetrics {
    pub(crate) fn new(metrics: &Arc<Metrics>, route: &'static str) -> Self {
        let counter = |outcome: &'static str| {
            metrics.counter(&table::MESSAGES, [route.into(), outcome.into()])
        };
        Self {
            ok: counter("ok"),
            deferred: counter("deferred"),
            panicked: counter("panicked"),
            time: metrics.histogram(&table::HANDLER_TIME, [route.into()]),
            errors: std::array::from_fn(|_| OnceLock::new()),
            metrics: metrics.clone(),
            route,
        }
    }

    /// Counts a message.
    pub(crate) fn count(&self, outcome: Outcome) {
        match outcome {
            Outcome::Ok => self.ok.increment(1),
            Outcome::Deferred => self.deferred.increment(1),
            Outcome::Panicked => self.panicked.increment(1),
            Outcome::Error(kind) => match self.errors.get(kind as usize) {
                Some(counter) => counter.get_or_init(|| self.errors_of(kind)).increment(1),
                None => self.errors_of(kind).increment(1),
            },
        }
    }

    /// Returns the counter of the messages that were answered with an error of this kind.
    fn errors_of(&self, kind: ErrorKind) -> Counter {
        // An application's own code is not told: it may be any text.
        let code = Told::of(&Error::new(kind, "")).code.to_owned();
        self.metrics.counter(&table::MESSAGES, [self.route.into(), code.into()])
    }
}

impl fmt::Debug for RouteMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteMetrics").field("route", &self.route).finish_non_exhaustive()
    }
}

/// The measure of one message, from the call of its handler on; nothing in an app without metrics.
pub(crate) struct Measure(Option<(Arc<RouteMetrics>, Instant)>);

impl Measure {
    /// Begins a measure. The time is taken only if there is somebody to tell.
    #[inline]
    pub(crate) fn begin(route: Option<&Arc<RouteMetrics>>) -> Self {
        Self(route.map(|route| (route.clone(), Instant::now())))
    }

    /// Ends the measure; does nothing when it has ended before.
    #[inline]
    pub(crate) fn end(&mut self, outcome: impl FnOnce() -> Outcome) {
        if let Some((route, begun)) = self.0.take() {
            route.time.record(begun.elapsed());
            route.count(outcome());
        }
    }

    /// Moves the measure to another owner.
    pub(crate) fn take(&mut self) -> Self {
        Self(self.0.take())
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = self.0.as_ref().map(|(route, _)| route.route);
        f.debug_tuple("Measure").field(&route).finish()
    }
}

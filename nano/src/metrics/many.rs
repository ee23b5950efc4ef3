//! One handle for the handles of several recorders.

use std::sync::Arc;

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn};

/// Handles of the same metric.
struct Many<T>(Vec<T>);

/// Returns `handles` as one, which is the only one where there are no others.
fn join<T>(mut handles: Vec<T>, many: impl FnOnce(Arc<Many<T>>) -> T) -> T {
    match handles.len() {
        1 => handles.swap_remove(0),
        _ => many(Arc::new(Many(handles))),
    }
}

pub(super) fn counter(handles: Vec<Counter>) -> Counter {
    join(handles, Counter::from_arc)
}

pub(super) fn gauge(handles: Vec<Gauge>) -> Gauge {
    join(handles, Gauge::from_arc)
}

pub(super) fn histogram(handles: Vec<Histogram>) -> Histogram {
    join(handles, Histogram::from_arc)
}

impl CounterFn for Many<Counter> {
    fn increment(&self, value: u64) {
        self.0.iter().for_each(|counter| counter.increment(value));
    }

    fn absolute(&self, value: u64) {
        self.0.iter().for_each(|counter| counter.absolute(value));
    }
}

impl GaugeFn for Many<Gauge> {
    fn increment(&self, value: f64) {
        self.0.iter().for_each(|gauge| gauge.increment(value));
    }

    fn decrement(&self, value: f64) {
        self.0.iter().for_each(|gauge| gauge.decrement(value));
    }

    fn set(&self, value: f64) {
        self.0.iter().for_each(|gauge| gauge.set(value));
    }
}

impl HistogramFn for Many<Histogram> {
    fn record(&self, value: f64) {
        self.0.iter().for_each(|histogram| histogram.record(value));
    }
}

//! The registration of metrics with the recorders of one app.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString,
};

use super::many;
use super::table::{self, Kind, Metric};

/// A recorder of any kind.
pub(crate) type AnyRecorder = Box<dyn Recorder + Send + Sync>;

const METADATA: Metadata<'static> = Metadata::new("nano", Level::INFO, Some(module_path!()));

/// The reason why a message to a client was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// The queue of its client was full: the client is closed.
    SlowConsumer,
    /// A push that its class, or the app's policy for slow consumers, lets be dropped.
    Droppable,
    /// The message cannot be written in the form that its client needs.
    Unwritable,
    /// Its user has no session at any node of the cluster.
    Offline,
}

impl Dropped {
    const ALL: [Self; 4] = [Self::SlowConsumer, Self::Droppable, Self::Unwritable, Self::Offline];

    const fn label(self) -> &'static str {
        match self {
            Self::SlowConsumer => "slow_consumer",
            Self::Droppable => "droppable",
            Self::Unwritable => "unwritable",
            Self::Offline => "offline",
        }
    }
}

/// The nodes and links of a cluster.
#[cfg(feature = "cluster")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeCounts {
    /// This node included.
    pub(crate) nodes: usize,
    pub(crate) links: usize,
    /// The bytes that wait for other nodes.
    pub(crate) queued: usize,
}

/// The metrics of one app.
pub(crate) struct Metrics {
    recorders: Vec<AnyRecorder>,
    /// The bytes in all outbound queues, from which the gauge is set now and then: a gauge that all connections
    /// change would be slower.
    queued: AtomicI64,
    queue: Gauge,
    dropped: [Counter; Dropped::ALL.len()],
}

impl Metrics {
    /// Describes all metrics to the recorders; `None` when there are none.
    pub(crate) fn new(recorders: Vec<AnyRecorder>) -> Option<Self> {
        if recorders.is_empty() {
            return None;
        }
        for (recorder, metric) in
            recorders.iter().flat_map(|one| table::ALL.iter().map(move |metric| (one, metric)))
        {
            let name = KeyName::from_const_str(metric.name);
            let text = SharedString::const_str(metric.text);
            match metric.kind {
                Kind::Counter => recorder.describe_counter(name, Some(metric.unit), text),
                Kind::Gauge => recorder.describe_gauge(name, Some(metric.unit), text),
                Kind::Histogram => recorder.describe_histogram(name, Some(metric.unit), text),
            }
        }
        let mut metrics = Self {
            recorders,
            queued: AtomicI64::new(0),
            queue: Gauge::noop(),
            dropped: Dropped::ALL.map(|_| Counter::noop()),
        };
        metrics.queue = metrics.gauge(&table::QUEUE, []);
        metrics.dropped =
            Dropped::ALL.map(|reason| metrics.counter(&table::DROPPED, [reason.label().into()]));
        Some(metrics)
    }

    pub(super) fn counter<const N: usize>(
        &self,
        metric: &Metric,
        values: [SharedString; N],
    ) -> Counter {
        let key = key(metric, values);
        many::counter(self.each(|recorder| recorder.register_counter(&key, &METADATA)))
    }

    pub(super) fn gauge<const N: usize>(
        &self,
        metric: &Metric,
        values: [SharedString; N],
    ) -> Gauge {
        let key = key(metric, values);
        many::gauge(self.each(|recorder| recorder.register_gauge(&key, &METADATA)))
    }

    pub(super) fn histogram<const N: usize>(
        &self,
        metric: &Metric,
        values: [SharedString; N],
    ) -> Histogram {
        let key = key(metric, values);
        many::histogram(self.each(|recorder| recorder.register_histogram(&key, &METADATA)))
    }

    /// Asks each recorder for its handle.
    fn each<T>(&self, register: impl Fn(&AnyRecorder) -> T) -> Vec<T> {
        self.recorders.iter().map(register).collect()
    }

    /// Returns the counter of a kind of faults.
    pub(crate) fn faults(&self, kind: String) -> Counter {
        self.counter(&table::FAULTS, [kind.into()])
    }

    /// Returns the waits for the instances of a component.
    pub(crate) fn lock_waits(&self, component: &'static str) -> Histogram {
        self.histogram(&table::LOCK_WAIT, [component.into()])
    }

    /// Counts a session that has ended.
    pub(crate) fn session_ended(&self, reason: Cow<'static, str>) {
        self.counter(&table::SESSIONS_ENDED, [SharedString::from(reason)]).increment(1);
    }

    /// Sets the number of rooms of a type.
    pub(crate) fn set_rooms(&self, kind: &'static str, count: usize) {
        self.gauge(&table::ROOMS, [kind.into()]).set(count as f64);
    }

    /// Sets the numbers of nodes and links.
    #[cfg(feature = "cluster")]
    pub(crate) fn set_nodes(&self, counts: NodeCounts) {
        self.gauge(&table::NODES, []).set(counts.nodes as f64);
        self.gauge(&table::LINKS, []).set(counts.links as f64);
        self.gauge(&table::LINK_QUEUE, []).set(counts.queued as f64);
    }

    /// Counts messages to a client that were not sent.
    pub(crate) fn dropped(&self, reason: Dropped, count: usize) {
        if let Some(counter) = self.dropped.get(reason as usize) {
            counter.increment(count as u64);
        }
    }

    /// Notes that a queue's length went from `before` to `after` bytes.
    pub(crate) fn queue_changed(&self, before: usize, after: usize) {
        if before != after {
            self.queued.fetch_add(after as i64 - before as i64, Ordering::Relaxed);
        }
    }

    /// Sets the gauges that are not kept up to date.
    pub(crate) fn tick(&self) {
        self.queue.set(self.queued.load(Ordering::Relaxed) as f64);
    }
}

fn key<const N: usize>(metric: &Metric, values: [SharedString; N]) -> Key {
    let labels = metric.labels.iter().zip(values).map(|(name, value)| Label::new(*name, value));
    Key::from_parts(metric.name, labels.collect::<Vec<_>>())
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

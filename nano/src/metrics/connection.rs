//! The metrics of one connection.

use metrics::{Counter, Gauge};

use super::registry::Metrics;
use super::table;

/// One connection, which is counted as open until this is dropped.
pub(crate) struct Connected {
    open: Gauge,
    received: Counter,
    sent: Counter,
}

impl Connected {
    pub(crate) fn new(metrics: &Metrics, transport: &'static str) -> Self {
        metrics.counter(&table::CONNECTIONS_TOTAL, [transport.into()]).increment(1);
        let open = metrics.gauge(&table::CONNECTIONS, [transport.into()]);
        open.increment(1);
        Self {
            open,
            received: metrics.counter(&table::RECEIVED, [transport.into()]),
            sent: metrics.counter(&table::SENT, [transport.into()]),
        }
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.received.increment(bytes as u64);
    }

    /// Returns the counter of sent bytes, for those that pass the connection by.
    #[cfg(feature = "webtransport")]
    pub(crate) fn sent_counter(&self) -> Counter {
        self.sent.clone()
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.sent.increment(bytes as u64);
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.open.decrement(1);
    }
}

//! The table of all metrics: names, units, labels and meanings.

use metrics::Unit;

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) labels: &'static [&'static str],
    pub(crate) text: &'static str,
}

macro_rules! metrics {
    ($($id:ident: $kind:ident $unit:ident $name:literal [$($label:literal),*] $text:literal,)+) => {
        $(
            pub(crate) const $id: Metric = Metric {
                name: $name,
                kind: Kind::$kind,
                unit: Unit::$unit,
                labels: &[$($label),*],
                text: $text,
            };
        )+

        /// All metrics, in the order of the documentation.
        pub(crate) const ALL: &[&Metric] = &[$(&$id,)+];
    };
}

metrics! {
    CONNECTIONS: Gauge Count "nano_connections" ["transport"]
        "connections that are open, those in the handshake included",
    CONNECTIONS_TOTAL: Counter Count "nano_connections_total" ["transport"]
        "connections that were opened",
    RECEIVED: Counter Bytes "nano_received_bytes_total" ["transport"]
        "bytes of packets that came from clients",
    SENT: Counter Bytes "nano_sent_bytes_total" ["transport"]
        "bytes of packets that were written to clients",
    SESSIONS_ENDED: Counter Count "nano_sessions_ended_total" ["reason"]
        "sessions that have ended",
    MESSAGES: Counter Count "nano_messages_total" ["route", "outcome"]
        "messages of clients that were handled or refused",
    HANDLER_TIME: Histogram Seconds "nano_handler_seconds" ["route"]
        "time from the call of a handler to its end, waits included",
    LOCK_WAIT: Histogram Seconds "nano_lock_wait_seconds" ["component"]
        "time for which a call waited for its component",
    ROOMS: Gauge Count "nano_rooms" ["type"]
        "rooms that are open, those that are closing included",
    QUEUE: Gauge Bytes "nano_queue_bytes" []
        "bytes that wait in the outbound queues of all clients",
    NODES: Gauge Count "nano_nodes" []
        "nodes of the cluster that this one sees, itself included",
    LINKS: Gauge Count "nano_links" []
        "links to other nodes that are up",
    LINK_QUEUE: Gauge Bytes "nano_link_queue_bytes" []
        "bytes that wait for other nodes",
    DROPPED: Counter Count "nano_dropped_messages_total" ["reason"]
        "messages to clients that were not sent",
    FAULTS: Counter Count "nano_faults_total" ["kind"]
        "warnings and errors that a peer can cause, those that the log leaves out included",
}

//! The parts that all connections of an app share.

use std::sync::Arc;
use std::time::Duration;

use crate::dispatch::Runtime;

/// Serves connections with the runtime of one app.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) settings: Settings,
}

/// The limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The longest packet body.
    pub(crate) packet_limit: usize,
    /// The most that may wait for one client, in bytes.
    pub(crate) outbound_limit: usize,
    pub(crate) write_timeout: Duration,
    /// The heartbeat interval, in milliseconds.
    pub(crate) heartbeat: u64,
}

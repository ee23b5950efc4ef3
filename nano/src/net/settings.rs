//! The parts that all connections of an app share.

use std::sync::Arc;
use std::time::Duration;

use super::resume::{Lost, Resume, Seat, Tokens};
use crate::dispatch::Runtime;

/// Serves connections with the runtime of one app.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) settings: Settings,
    /// The tokens of the sessions to which clients may come back.
    pub(super) tokens: Arc<Tokens<Seat<Lost>>>,
}

impl Net {
    pub(crate) fn new(runtime: Arc<Runtime>, settings: Settings) -> Self {
        Self { runtime, settings, tokens: Arc::default() }
    }
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
    /// `None` ends a session with its connection.
    pub(crate) resume: Option<Resume>,
}

//! The part that all connections of an app share.

use std::sync::Arc;

use super::resume::{Lost, Seat, Tokens};
use super::settings::Settings;
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

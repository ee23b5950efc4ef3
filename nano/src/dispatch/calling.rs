//! The part of an app that the calls of its components need.

use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;

use crate::session::Session;

/// The notifies of this node's components that may be handled at a time: nobody waits for them.
pub(super) const NOTIFIES: usize = 16_384;

/// The part of an app that the calls of its components need.
pub(crate) struct Calling {
    /// Stands in for the session of calls that have none. Handlers do not see it.
    pub(super) nobody: OnceLock<Session>,
    pub(super) notifies: Arc<Semaphore>,
}

impl Default for Calling {
    fn default() -> Self {
        Self { nobody: OnceLock::new(), notifies: Arc::new(Semaphore::new(NOTIFIES)) }
    }
}

//! The state that all requests to the admin page share.

use std::fmt;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::options::Render;
use crate::app::Core;

/// The state of an admin page.
pub(super) struct Site {
    pub(super) core: Arc<Core>,
    pub(super) token: Option<String>,
    pub(super) render: Render,
    pub(super) manifest: Option<Box<RawValue>>,
    /// The addresses of the app's WebSocket for the playground.
    pub(super) urls: Vec<String>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Site")
    }
}

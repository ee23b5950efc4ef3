//! Handlers on other nodes, for the dispatch of a message.

use super::{Incoming, Step};
use crate::Session;

/// The way to a handler on another node.
pub(crate) trait Forward: Send + Sync {
    /// Sends a message there. What is returned lasts as long as the session's next message has to wait.
    fn forward(&self, message: Incoming<&Session>, body: &[u8]) -> Step<()>;
}

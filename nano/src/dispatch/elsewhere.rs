//! The handlers of other nodes, as the dispatch of a session finds them.

use std::sync::Arc;

use crate::routes::RouteHandler;
use crate::session::Session;

/// The handlers of other nodes.
pub(crate) trait Elsewhere: Send + Sync {
    /// Returns the handler of a route, by the bytes of its name.
    fn route(&self, name: &[u8]) -> Option<Arc<RouteHandler>>;

    /// Takes note of the end of a session, whose messages may have gone to other nodes.
    fn ended(&self, session: &Session);
}

//! The handler that was found for a message.

use std::sync::Arc;

use super::Runtime;
use crate::routes::RouteHandler;

/// The place of a handler among all that a message may be for.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// The handler at this index of the node's own.
    Here(usize),
    #[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "there are no other nodes"))]
    Elsewhere(Arc<RouteHandler>),
}

impl Found {
    pub(super) fn handler<'a>(&'a self, runtime: &'a Runtime) -> Option<&'a RouteHandler> {
        match self {
            Self::Here(index) => runtime.routes.get(*index),
            Self::Elsewhere(handler) => Some(handler),
        }
    }
}

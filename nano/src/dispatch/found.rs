//! The handler that was found for a message.

#[cfg(feature = "cluster")]
use std::sync::Arc;

use super::Runtime;
use crate::routes::RouteHandler;

/// The place of a handler among all that a message may be for.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// The handler at this index of the node's own.
    Here(usize),
    #[cfg(feature = "cluster")]
    Elsewhere(Arc<RouteHandler>),
}

impl Found {
    #[inline]
    pub(super) fn handler<'a>(&'a self, runtime: &'a Runtime) -> Option<&'a RouteHandler> {
        match self {
            Self::Here(index) => runtime.routes.get(*index),
            #[cfg(feature = "cluster")]
            Self::Elsewhere(handler) => Some(handler),
        }
    }
}

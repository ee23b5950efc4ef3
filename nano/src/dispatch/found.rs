//! The handler that was found for a message.

#[cfg(feature = "cluster")]
use std::sync::Arc;

use super::{FromGate, Runtime};
use crate::routes::RouteHandler;

/// The place of a handler among all that a message may be for.
// A type for each of them: the way of a message is compiled for each, without what only the others need.
pub(super) trait Found: Clone + Send + Sync + 'static {
    /// Returns the handler.
    fn handler<'a>(&'a self, runtime: &'a Runtime) -> Option<&'a RouteHandler>;

    /// Returns the note of the gate, if another node has sent the message.
    #[inline(always)]
    fn gate(&self) -> Option<FromGate> {
        None
    }
}

/// The handler at this index of the node's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here(pub(super) usize);

/// A handler on another node.
#[cfg(feature = "cluster")]
#[derive(Clone, Debug)]
pub(super) struct There(pub(super) Arc<RouteHandler>);

/// The node's own handler for a message that another node has forwarded.
#[cfg(feature = "cluster")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Forwarded(pub(super) usize, pub(super) FromGate);

impl Found for Here {
    #[inline(always)]
    fn handler<'a>(&'a self, runtime: &'a Runtime) -> Option<&'a RouteHandler> {
        runtime.routes.get(self.0)
    }
}

#[cfg(feature = "cluster")]
impl Found for There {
    #[inline(always)]
    fn handler<'a>(&'a self, _: &'a Runtime) -> Option<&'a RouteHandler> {
        Some(&self.0)
    }
}

#[cfg(feature = "cluster")]
impl Found for Forwarded {
    #[inline(always)]
    fn handler<'a>(&'a self, runtime: &'a Runtime) -> Option<&'a RouteHandler> {
        runtime.routes.get(self.0)
    }

    #[inline(always)]
    fn gate(&self) -> Option<FromGate> {
        Some(self.1)
    }
}

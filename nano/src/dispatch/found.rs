//! The handler that was found for a message.

#[cfg(feature = "cluster")]
use std::sync::Arc;

use super::{Dispatch, FromGate, Runtime, Violation};
use crate::codec::message::RawRoute;
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

impl Dispatch {
    /// Returns the index of the handler that this node has for a route, or the name of the route if it has none.
    #[inline(always)]
    pub(super) fn find<'a>(
        &self,
        route: RawRoute<'a>,
    ) -> Result<Result<usize, &'a [u8]>, Violation> {
        self.session.note_message();
        match route {
            RawRoute::Name(name) => Ok(self.runtime.routes.by_name(name).ok_or(name)),
            RawRoute::Code(code) => match self.runtime.by_code(code) {
                Some(found) => Ok(found.map_err(str::as_bytes)),
                None => Err(Violation::Forbidden(format!("unknown route code {code}"))),
            },
            RawRoute::None => Err(Violation::Forbidden("a message without a route".into())),
        }
    }
}

//! The part of an app that its sessions' messages are dispatched with.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[cfg(feature = "cluster")]
use super::Elsewhere;
use super::{Calling, InboundStage, SessionHooks};
use crate::clock::Clock;
use crate::component::BoundHandshake;
use crate::component::RoomsOfType;
use crate::log::Log;
#[cfg(feature = "cluster")]
use crate::routes::RouteHandler;
use crate::routes::RouteTable;
use crate::session::{Common, Session, SessionIds, SessionTable};
use crate::wire::Wire;

/// The part of an app that its sessions' messages are dispatched with.
pub(crate) struct Runtime {
    pub(crate) wire: Arc<Wire>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) routes: RouteTable,
    /// The stages that messages pass on their way to handlers.
    pub(crate) inbound: Vec<InboundStage>,
    pub(crate) hooks: SessionHooks,
    /// The hook that every client passes before its session opens.
    pub(crate) handshake: Option<BoundHandshake>,
    pub(crate) limits: Limits,
    pub(crate) sessions: Arc<SessionTable>,
    pub(crate) common: Arc<Common<Session>>,
    pub(crate) session_ids: SessionIds,
    pub(crate) calling: Calling,
    /// The handlers of other nodes, in a cluster.
    #[cfg(feature = "cluster")]
    pub(crate) elsewhere: Option<Arc<dyn Elsewhere>>,
    /// The rooms of each type, by the name of its component.
    pub(crate) rooms: BTreeMap<&'static str, Arc<dyn RoomsOfType>>,
    /// Connections and concurrent handlers, which shutdown waits for.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the grace period is over: handlers are waited for no longer.
    pub(crate) abort: CancellationToken,
}

impl Runtime {
    pub(crate) fn log(&self) -> &Log {
        &self.wire.log
    }

    /// Returns the index of the handler that a code stands for, or the name of the route if it has none here.
    #[inline]
    pub(super) fn by_code(&self, code: u16) -> Option<Result<usize, &'static str>> {
        let found = self.routes.by_code(code);
        #[cfg(feature = "cluster")]
        let found = found.or_else(|| self.elsewhere.as_ref()?.route_of_code(code).map(Err));
        found
    }

    /// Returns the handler of a route on other nodes.
    #[cfg(feature = "cluster")]
    pub(super) fn elsewhere(&self, route: &[u8]) -> Option<Arc<RouteHandler>> {
        self.elsewhere.as_ref()?.route(route)
    }
}

/// The times of an app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time of a handler, a hook or a reply.
    pub(crate) handler_timeout: Duration,
    /// The same, of a deferred reply, in milliseconds.
    pub(crate) reply_limit: u64,
}

impl Limits {
    pub(crate) fn new(handler_timeout: Duration) -> Self {
        let reply_limit = u64::try_from(handler_timeout.as_millis()).unwrap_or(u64::MAX);
        Self { handler_timeout, reply_limit }
    }

    /// These times, none of them longer than `left`.
    pub(crate) fn within(self, left: Duration) -> Self {
        if left < self.handler_timeout { Self::new(left) } else { self }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("routes", &self.routes).finish_non_exhaustive()
    }
}

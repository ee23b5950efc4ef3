//! Messages between this node and others, and the loss of rooms that are there.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::task::Context;

use tokio::runtime::Handle;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::found::{Forwarded, There};
use super::{Dispatch, Elsewhere, FromGate, Inbound, Runtime, Violation};
use crate::Result;
use crate::component::task::{Task, TaskInfo, TaskKind};
use crate::component::{DropReason, LostRoom};
use crate::routes::RouteHandler;
use crate::session::Session;

impl Dispatch {
    /// Returns the handler of another node for a route that this node has, too: where the session is in a room there.
    #[inline]
    pub(super) fn of_room_elsewhere(&self, index: usize) -> Option<Arc<RouteHandler>> {
        self.in_room_elsewhere(&**self.runtime.elsewhere.as_ref()?, index)
    }

    #[inline(never)]
    fn in_room_elsewhere(
        &self,
        elsewhere: &dyn Elsewhere,
        index: usize,
    ) -> Option<Arc<RouteHandler>> {
        let handler = self.runtime.routes.get(index).filter(|handler| handler.is_of_room())?;
        let is_there = self.session.is_in_room_elsewhere(handler.info.component());
        is_there.then(|| elsewhere.route(handler.info.name().as_bytes()))?
    }

    /// Hands a message to a handler of another node.
    // Apart from the messages that stay: they would carry what only these need.
    #[inline(never)]
    pub(super) fn handle_elsewhere(
        &mut self,
        cx: &mut Context<'_>,
        handler: Arc<RouteHandler>,
        request: Option<NonZeroU64>,
        body: Result<Cow<'_, [u8]>>,
    ) -> Result<(), Violation> {
        self.handle(cx, &There(handler), request, body)
    }

    /// Hands a message that another node has forwarded to its handler. It goes no further. It must be
    /// [ready](Dispatch::is_ready).
    ///
    /// # Errors
    ///
    /// Fails when the message breaks the protocol.
    pub(crate) fn forwarded(
        &mut self,
        cx: &mut Context<'_>,
        message: Inbound<'_>,
        gate: FromGate,
    ) -> Result<(), Violation> {
        let Inbound { route, request, body } = message;
        match self.find(route)? {
            Ok(index) => self.handle(cx, &Forwarded(index, gate), request, body),
            Err(name) => self.not_found(name, request),
        }
    }
}

impl Runtime {
    /// Runs the `room_lost` hooks for a session, beside its messages. The end of the session waits for `leaving`.
    pub(crate) fn room_lost(
        self: &Arc<Self>,
        session: Session,
        room: LostRoom,
        leaving: TaskTrackerToken,
    ) {
        if self.hooks.room_lost().is_empty() {
            return;
        }
        // Without one, the link ends because the runtime does.
        let Ok(home) = Handle::try_current() else { return };
        let runtime = self.clone();
        let hooks = async move {
            let log = runtime.log();
            for hook in runtime.hooks.room_lost() {
                let info = TaskInfo {
                    kind: TaskKind::Hook,
                    label: hook.label(),
                    session: Some(session.id()),
                    limit: Some(runtime.limits.handler_timeout),
                };
                let cut = async {
                    runtime.abort.cancelled().await;
                    DropReason::Shutdown
                };
                let ran = Task::start(info, log, || hook.run_with(&session, room)).run(log, cut);
                ran.await.log_error(&info, log);
            }
            drop(leaving);
        };
        self.tasks.spawn_on(hooks, &home);
    }
}

//! Rooms on other nodes that sessions have entered: their messages, and their loss.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::found::Found;
use super::{Dispatch, Runtime};
use crate::component::task::{Task, TaskInfo, TaskKind};
use crate::component::{DropReason, LostRoom};
use crate::session::Session;

impl Dispatch {
    /// Returns the handler of a route that this node has; that of another node, if the session is in a room there. A
    /// message that was forwarded to this node stays.
    pub(super) fn at(&self, index: usize, is_forwarded: bool) -> Found {
        let here = Found::Here(index);
        let Some(elsewhere) = self.runtime.elsewhere.as_ref().filter(|_| !is_forwarded) else {
            return here;
        };
        let Some(handler) = self.runtime.routes.get(index).filter(|handler| handler.is_of_room())
        else {
            return here;
        };
        if !self.session.is_in_room_elsewhere(handler.info.component()) {
            return here;
        }
        elsewhere.route(handler.info.name().as_bytes()).map_or(here, Found::Elsewhere)
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

//! The drain of the rooms of a type: each may finish what it does.

use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Room, RoomSet};
use crate::component::DropReason;
use crate::component::task::{Task, TaskInfo};

impl<R: Room> RoomSet<R> {
    /// Runs the drain hooks of the rooms that are open, at the same time, and waits until these rooms close: for `limit` at
    /// most, and until `cut` is cancelled. Rooms without such a hook are not waited for.
    pub(super) async fn drain(&self, limit: Duration, cut: &CancellationToken) {
        if self.hooks.drain.is_empty() {
            return;
        }
        let (calls, mut closing) = (TaskTracker::new(), Vec::new());
        for room in self.directory.all() {
            closing.push(room.instance().life().stop_token());
            for hook in &self.hooks.drain {
                let info = TaskInfo { limit: Some(limit), ..self.info(hook.label, None) };
                let (room, hook, cut) = (room.clone(), hook.clone(), cut.clone());
                let log = self.around.life.log().clone();
                let call = async move {
                    let cut = async {
                        cut.cancelled().await;
                        DropReason::Shutdown
                    };
                    let call = || hook.method.run(room.instance(), hook.label, &(), ());
                    Task::start(info, &log, call).run(&log, cut).await.log_error(&info, &log);
                };
                self.around.home.spawn(calls.track_future(call));
            }
        }
        calls.close();
        let finished = async {
            for room in &closing {
                room.cancelled().await;
            }
            calls.wait().await;
        };
        tokio::select! {
            () = cut.cancelled() => {}
            finished = timeout(limit, finished) => {
                if finished.is_err() {
                    let open = closing.iter().filter(|room| !room.is_cancelled()).count();
                    tracing::warn!(room = R::NAME, open, ?limit, "some rooms do not finish in time");
                }
            }
        }
    }
}

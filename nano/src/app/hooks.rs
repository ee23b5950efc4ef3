//! The hooks of the app's life.

use std::future::pending;
use std::time::Duration;

use super::Core;
use crate::component::task::{Outcome, Task, TaskInfo, TaskKind};
use crate::component::{BoundHook, Lifecycle};
use crate::{Error, ErrorKind, Result};

/// Runs `init` and then `after_init` hooks, in order. The first that fails ends the start.
pub(super) async fn start(core: &Core) -> Result<()> {
    for moment in [Lifecycle::Init, Lifecycle::AfterInit] {
        for (_, hook) in core.lifecycle.iter().filter(|(of, _)| *of == moment) {
            let error = match run(core, &info(hook, None), hook).await {
                Outcome::Finished(Ok(())) => continue,
                Outcome::Finished(Err(error)) => error,
                Outcome::Panicked(panic) => {
                    Error::new(ErrorKind::Internal, format!("it panicked: {panic}"))
                }
                Outcome::Cut => Error::new(ErrorKind::Timeout, "not finished in time"),
            };
            let message = format!("the hook `{}` failed", hook.label());
            return Err(Error::with_source(error.kind(), message, error));
        }
    }
    Ok(())
}

/// Runs the hooks of one moment of the shutdown, in reverse order; each within `limit`.
pub(super) async fn unwind(core: &Core, moment: Lifecycle, limit: Duration) {
    for (_, hook) in core.lifecycle.iter().rev().filter(|(of, _)| *of == moment) {
        let info = info(hook, Some(limit));
        run(core, &info, hook).await.log_error(&info, core.runtime.log());
    }
}

fn info(hook: &BoundHook<()>, limit: Option<Duration>) -> TaskInfo {
    TaskInfo { kind: TaskKind::Hook, label: hook.label(), session: None, limit }
}

async fn run(core: &Core, info: &TaskInfo, hook: &BoundHook<()>) -> Outcome<Result<()>> {
    let log = core.runtime.log();
    Task::start(*info, log, || hook.run(&())).run(log, pending()).await
}

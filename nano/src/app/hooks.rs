//! The hooks of the app's life.

use std::future::pending;
use std::time::Duration;

use futures_util::future::join_all;

use super::Core;
#[cfg(feature = "cluster")]
use crate::component::NodeEvent;
use crate::component::task::{Outcome, Task, TaskInfo, TaskKind};
use crate::component::{BoundHook, DropReason, Lifecycle};
#[cfg(feature = "cluster")]
use crate::session::Node;
use crate::{Error, ErrorKind, Result};

/// Runs `init` and then `after_init` hooks, in order. The first that fails ends the start.
pub(super) async fn start(core: &Core) -> Result<()> {
    for moment in [Lifecycle::Init, Lifecycle::AfterInit] {
        for (_, hook) in core.lifecycle.iter().filter(|(of, _)| *of == moment) {
            let error = match run(core, &info(hook, None), hook, &()).await {
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
        run(core, &info, hook, &()).await.log_error(&info, core.runtime.log());
    }
}

/// Runs the `drain` hooks of components and rooms at the same time, each within `limit`, and not beyond the begin of the shutdown.
pub(super) async fn drain(core: &Core, limit: Duration) {
    let hooks = core.lifecycle.iter().filter(|(of, _)| *of == Lifecycle::Drain);
    let hooks = join_all(hooks.map(async |(_, hook)| {
        let (info, log) = (info(hook, Some(limit)), core.runtime.log());
        let cut = async {
            core.stop_accepting.cancelled().await;
            DropReason::Shutdown
        };
        Task::start(info, log, || hook.run(&())).run(log, cut).await.log_error(&info, log);
    }));
    tokio::join!(hooks, core.components.drain_rooms(limit, &core.stop_accepting));
}

/// Runs the hooks of a change of the cluster's nodes, one after another, each within `limit`.
#[cfg(feature = "cluster")]
pub(super) async fn node(core: &Core, event: NodeEvent, node: &Node, limit: Duration) {
    for (_, hook) in core.node_hooks.iter().filter(|(of, _)| *of == event) {
        let info = info(hook, Some(limit));
        run(core, &info, hook, node).await.log_error(&info, core.runtime.log());
    }
}

fn info<S>(hook: &BoundHook<S>, limit: Option<Duration>) -> TaskInfo {
    TaskInfo { kind: TaskKind::Hook, label: hook.label(), session: None, limit }
}

async fn run<S>(
    core: &Core,
    info: &TaskInfo,
    hook: &BoundHook<S>,
    subject: &S,
) -> Outcome<Result<()>> {
    let log = core.runtime.log();
    Task::start(*info, log, || hook.run(subject)).run(log, pending()).await
}

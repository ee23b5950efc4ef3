//! Running the hooks of the app's life.

use std::time::Duration;

use super::Core;
use crate::component::{Lifecycle, RunLifecycle};
use crate::{Error, ErrorKind, Result, panics};

/// Runs `init` and then `after_init` hooks, in order. When one fails, the `shutdown` hooks run and
/// the error is given back.
pub(super) async fn start(core: &Core) -> Result<()> {
    for moment in [Lifecycle::Init, Lifecycle::AfterInit] {
        for (_, hook) in core.lifecycle.iter().filter(|(of, _)| *of == moment) {
            if let Err(error) = run(&**hook).await {
                tracing::error!(hook = hook.label(), %error, "the app cannot start");
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Runs the hooks of one moment of the shutdown, in reverse order; each within `limit`.
pub(super) async fn unwind(core: &Core, moment: Lifecycle, limit: Duration) {
    for (_, hook) in core.lifecycle.iter().rev().filter(|(of, _)| *of == moment) {
        let result = match tokio::time::timeout(limit, run(&**hook)).await {
            Ok(result) => result,
            Err(_) => Err(Error::new(ErrorKind::Timeout, format!("not finished within {limit:?}"))),
        };
        if let Err(error) = result {
            tracing::error!(hook = hook.label(), %error, "a hook failed");
        }
    }
}

async fn run(hook: &dyn RunLifecycle) -> Result<()> {
    let finished = panics::catch_async(async { hook.run().finish().await }).await;
    finished.unwrap_or_else(|panic| {
        Err(Error::internal(format!("the hook {} panicked: {panic}", hook.label())))
    })
}

//! Running the hooks of the app's life.

use std::time::Duration;

use super::Core;
use crate::component::{Lifecycle, RunHook};
use crate::{Error, ErrorKind, Result, panics};

/// Runs `init` and then `after_init` hooks, in order. The first that fails ends the start.
pub(super) async fn start(core: &Core) -> Result<()> {
    for moment in [Lifecycle::Init, Lifecycle::AfterInit] {
        for (_, hook) in core.lifecycle.iter().filter(|(of, _)| *of == moment) {
            if let Err(error) = run(&**hook).await {
                let message = format!("the hook `{}` failed", hook.label());
                return Err(Error::with_source(error.kind(), message, error));
            }
        }
    }
    Ok(())
}

/// Runs the hooks of one moment of the shutdown, in reverse order; each within `limit`.
pub(super) async fn unwind(core: &Core, moment: Lifecycle, limit: Duration) {
    for (_, hook) in core.lifecycle.iter().rev().filter(|(of, _)| *of == moment) {
        let mut running = Box::pin(run(&**hook));
        let finished = tokio::time::timeout(limit, running.as_mut()).await;
        panics::drop_quietly(running);
        let result = match finished {
            Ok(result) => result,
            Err(_) => Err(Error::new(ErrorKind::Timeout, format!("not finished within {limit:?}"))),
        };
        if let Err(error) = result {
            tracing::error!(hook = hook.label(), %error, "a hook failed");
        }
    }
}

async fn run(hook: &dyn RunHook<()>) -> Result<()> {
    let finished = panics::catch_async(async { hook.run(&()).finish().await }).await;
    finished.unwrap_or_else(|panic| Err(Error::internal(format!("it panicked: {panic}"))))
}

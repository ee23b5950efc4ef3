//! The task that moves an app's clock on.

use std::sync::Weak;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Core;
use crate::clock::PERIOD;

/// Moves the clock on until the app is gone.
pub(super) async fn run(core: Weak<Core>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    loop {
        let now = ticks.tick().await;
        let Some(core) = core.upgrade().filter(|core| !core.stopped.is_cancelled()) else { return };
        let log = core.runtime.log();
        core.runtime.clock.tick(now.duration_since(last), log);
        log.tell_left_out();
        if let Some(metrics) = log.metrics() {
            metrics.tick();
            for (kind, count) in core.components.count_rooms() {
                metrics.set_rooms(kind, count);
            }
            #[cfg(feature = "cluster")]
            if let Some(node) = &core.node {
                metrics.set_nodes(node.counts());
            }
        }
        last = now;
    }
}

//! One task that keeps the time for all sessions: heartbeats, silence, late replies.

use std::sync::Weak;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::app::Core;

/// How often the sessions are visited, and so how exact their clock is.
const PERIOD: Duration = Duration::from_millis(250);

/// A coarse clock: milliseconds since the start, as of the last sweep. Reading it is one load.
#[derive(Debug)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn new() -> Self {
        // 0 stands for "not yet" in the sessions.
        Self(AtomicU64::new(1))
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Moves on by `elapsed`, but by two periods at most: when the process was suspended or the
    /// machine stalled, the silence was not the clients'.
    fn advance(&self, elapsed: Duration) -> u64 {
        let elapsed = elapsed.min(2 * PERIOD).as_millis() as u64;
        self.0.fetch_add(elapsed, Ordering::Relaxed) + elapsed
    }
}

/// Visits all sessions until the app is gone.
pub(crate) async fn sweep(core: Weak<Core>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    loop {
        let now = ticks.tick().await;
        let Some(core) = core.upgrade().filter(|core| !core.stopped.is_cancelled()) else { return };
        let tick = core.clock.advance(now.duration_since(last));
        last = now;
        core.sessions.for_each(|session| session.sweep(tick));
    }
}

//! A coarse clock and the visits that are due by it, for heartbeats, silent clients and late replies.
//!
//! A timer for each of many thousand sessions would be reset with every message. A visit is left alone instead:
//! when it is due and its visitor finds that there is time left, it returns the time of its next visit.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::log::{Log, limited};
use crate::panics;

/// The resolution of the clock.
pub(crate) const PERIOD: Duration = Duration::from_millis(250);

/// A visitor, which is called when its visit is due.
pub(crate) trait Visit: Send + Sync {
    /// Does what is due at `now`, and returns the time of the next visit; `None` for none.
    fn visit(&self, now: u64) -> Option<u64>;
}

/// The milliseconds from the start to the last tick, and the visits by the time at which they are due.
pub(crate) struct Clock {
    now: AtomicU64,
    next_key: AtomicU64,
    due: Mutex<Due>,
}

/// The visits that are due at a time, by their key, for each such time. The times are those of ticks and of intervals
/// from them: there are far fewer than visits.
type Due = BTreeMap<u64, FxHashMap<u64, Weak<dyn Visit>>>;

/// The key of a visit, with which it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VisitKey(u64);

impl Clock {
    pub(crate) fn new() -> Self {
        Self { now: AtomicU64::new(0), next_key: AtomicU64::new(0), due: Mutex::default() }
    }

    /// Reads the clock, which costs one load.
    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(crate) fn key(&self) -> VisitKey {
        VisitKey(self.next_key.fetch_add(1, Ordering::Relaxed))
    }

    /// Schedules a visit at `due`.
    pub(crate) fn schedule(&self, key: VisitKey, due: u64, visitor: Weak<dyn Visit>) {
        self.due().entry(due).or_default().insert(key.0, visitor);
    }

    /// Cancels a visit. One that is being made goes on, and its visitor decides about the next.
    pub(crate) fn cancel(&self, key: VisitKey, due: u64) {
        let mut all = self.due();
        let Some(visits) = all.get_mut(&due) else { return };
        visits.remove(&key.0);
        if visits.is_empty() {
            all.remove(&due);
        }
    }

    /// Moves on by `elapsed`, and makes the visits that are due.
    ///
    /// It moves by two periods at most: when the process was suspended or the machine stalled, the
    /// silence was not the clients'.
    pub(crate) fn tick(&self, elapsed: Duration, log: &Log) {
        let elapsed = elapsed.min(2 * PERIOD).as_millis() as u64;
        let now = self.now.fetch_add(elapsed, Ordering::Relaxed) + elapsed;
        let due = {
            let mut due = self.due();
            let later = due.split_off(&(now + 1));
            std::mem::replace(&mut *due, later)
        };
        for (key, visitor) in due.into_values().flatten() {
            let Some(visited) = visitor.upgrade() else { continue };
            match panics::catch(|| visited.visit(now)) {
                Ok(Some(next)) => self.schedule(VisitKey(key), next.max(now + 1), visitor),
                Ok(None) => {}
                Err(panic) => limited!(log, VisitPanicked, %panic),
            }
            // It may be the last owner of values of the application's.
            panics::drop_quietly(visited, log);
        }
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

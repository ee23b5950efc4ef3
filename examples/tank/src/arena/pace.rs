//! The pace of an arena: ticks follow the clock, also when a timer of a busy machine does not.

use std::time::Duration;

use tokio::time::Instant;

/// The time of a tick. The page (`web/src/clock.ts`) and the bots send one command in each.
pub(crate) const TICK: Duration = Duration::from_millis(33);

/// The ticks that are made up for at most. After a longer pause the game goes on where it was.
const MOST: u32 = 6;

/// Counts the ticks that are due.
///
/// A timer leaves out those of its ticks that are late. If the game did so too, it would be slower than its clients, whose
/// commands would wait longer and longer.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Option<Instant>,
}

impl Pace {
    /// The ticks that are due by now. A timer that is late by less than half of one counts as on time.
    pub(super) fn due(&mut self, now: Instant) -> u32 {
        let mut next = self.next.unwrap_or(now);
        let mut due = 0;
        while due < MOST && next <= now + TICK / 2 {
            next += TICK;
            due += 1;
        }
        if due == MOST {
            next = now + TICK;
        }
        self.next = Some(next);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_ticks_are_made_up_for_within_limits() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut check = |millis: u64, expected: u32| {
            assert_eq!(pace.due(start + Duration::from_millis(millis)), expected, "at {millis} ms");
        };
        check(0, 1);
        check(33, 1);
        // Late by some milliseconds, and on time again.
        check(76, 1);
        check(99, 1);
        // Two ticks of the timer are lost.
        check(198, 3);
        check(231, 1);
        check(232, 0);
        // A long pause, and what follows.
        check(60_000, MOST);
        check(60_033, 1);
        check(60_066, 1);
    }
}

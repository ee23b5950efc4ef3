//! An allowance: a limit on a client's actions that refills with time.

use std::time::Duration;

use tokio::time::Instant;

/// An amount that is used up, and grows back at a steady rate.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    left: f32,
    most: f32,
    per_second: f32,
    since: Instant,
}

impl Allowance {
    /// Creates a full allowance, which never holds more than `most`.
    pub(crate) fn new(most: f32, per_second: f32, now: Instant) -> Self {
        Self { left: most, most, per_second, since: now }
    }

    /// Creates an allowance of `most` times at once, and then once in each `interval`.
    pub(crate) fn times(most: u8, interval: Duration, now: Instant) -> Self {
        Self::new(most.into(), interval.as_secs_f32().recip(), now)
    }

    /// Uses `amount`, if as much is left.
    pub(crate) fn take(&mut self, amount: f32, now: Instant) -> bool {
        self.refill(now);
        let enough = amount <= self.left;
        if enough {
            self.left -= amount;
        }
        enough
    }

    /// Uses `amount`, or as much of it as is left, and returns how much that was.
    pub(crate) fn take_up_to(&mut self, amount: f32, now: Instant) -> f32 {
        self.refill(now);
        let taken = amount.min(self.left);
        self.left -= taken;
        taken
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.since).as_secs_f32();
        self.left = (self.left + elapsed * self.per_second).min(self.most);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: f32) -> Instant {
        start + Duration::from_secs_f32(seconds)
    }

    #[test]
    fn what_is_used_up_grows_back_to_the_most() {
        let start = Instant::now();
        // 3 at once, then one every 2 s: each row is a time, and whether one more is allowed.
        let mut allowance = Allowance::times(3, Duration::from_secs(2), start);
        let mut check = |at: f32, allowed: bool| {
            assert_eq!(allowance.take(1.0, after(start, at)), allowed, "at {at} s");
        };
        check(0.0, true);
        check(0.0, true);
        check(0.0, true);
        check(0.0, false);
        check(1.5, false);
        check(2.0, true);
        check(2.0, false);
        check(60.0, true);
        check(60.0, true);
        check(60.0, true);
        check(60.0, false);
    }

    #[test]
    fn a_part_is_taken_where_less_is_left() {
        let start = Instant::now();
        let mut allowance = Allowance::new(100.0, 10.0, start);
        let mut check = |at: f32, amount: f32, taken: f32| {
            let got = allowance.take_up_to(amount, after(start, at));
            assert!((got - taken).abs() < 1e-3, "{amount} at {at} s: {got} instead of {taken}");
        };
        check(0.0, 60.0, 60.0);
        check(0.0, 60.0, 40.0);
        check(0.0, 60.0, 0.0);
        check(1.0, 60.0, 10.0);
        check(100.0, 500.0, 100.0);
    }

    #[test]
    fn time_that_seems_to_run_backwards_gives_nothing() {
        let start = Instant::now();
        let mut allowance = Allowance::times(1, Duration::from_secs(1), after(start, 5.0));
        assert!(allowance.take(1.0, after(start, 5.0)));
        assert!(!allowance.take(1.0, start));
    }
}

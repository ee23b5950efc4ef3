//! Rates: so many calls within a period, and the limiter that counts them.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

/// The longest time after which a burst is allowed again: sums of times cannot overflow.
const LONGEST: u64 = 366 * 24 * 60 * 60 * 1_000_000_000;

/// So many calls within a period, such as ten a second.
///
/// As many calls may come at once as the period has, or as many as [`Rate::burst`] says; after them one is allowed each
/// time that its share of the period has passed. `Display` writes it as `#[handler(rate = "10/s burst 20")]` does.
///
/// # Examples
///
/// ```
/// use nano::Rate;
/// use std::time::Duration;
///
/// let rate = Rate::new(10, Duration::from_secs(1)).burst(20);
/// assert_eq!(rate.to_string(), "10/s burst 20");
/// assert_eq!(Rate::new(5, Duration::from_secs(60)).to_string(), "5/m");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    period: Duration,
    quota: Quota,
}

impl Rate {
    /// Creates a rate of `count` calls within each `period`.
    ///
    /// # Panics
    ///
    /// When `count` is zero, when the share of one call is less than a nanosecond, or when the period is longer than
    /// a year.
    pub fn new(count: u32, period: Duration) -> Self {
        let Some(burst) = NonZeroU32::new(count) else { panic!("a rate of zero allows nothing") };
        let share = period.as_nanos() / count as u128;
        assert!(share > 0, "the period of a rate is too short for so many calls");
        assert!(period.as_nanos() <= LONGEST as u128, "the period of a rate is longer than a year");
        let Some(quota) = Quota::with_period(Duration::from_nanos(share as u64)) else {
            panic!("the share of one call is not zero")
        };
        Self { count, period, quota: quota.allow_burst(burst) }
    }

    /// Returns the rate of these numbers, which may be a peer's; `None` when there is no such rate.
    #[cfg(feature = "cluster")]
    pub(crate) fn checked(count: u32, nanos: u64, burst: u32) -> Option<Self> {
        let share = nanos.checked_div(count.into()).filter(|share| *share > 0)?;
        let is_possible =
            burst > 0 && nanos <= LONGEST && share.saturating_mul(burst.into()) <= LONGEST;
        is_possible.then(|| Self::new(count, Duration::from_nanos(nanos)).burst(burst))
    }

    /// Returns the count, the period in nanoseconds, and the burst.
    #[cfg(feature = "cluster")]
    pub(crate) fn numbers(&self) -> (u32, u64, u32) {
        let nanos = u64::try_from(self.period.as_nanos()).unwrap_or(LONGEST);
        (self.count, nanos, self.quota.burst_size().get())
    }

    /// Sets the number of calls that may come at once.
    ///
    /// # Panics
    ///
    /// When `burst` is zero, or so large that it would take more than a year until it is allowed again.
    pub fn burst(mut self, burst: u32) -> Self {
        let Some(burst) = NonZeroU32::new(burst) else { panic!("a burst of zero allows nothing") };
        let share = self.quota.replenish_interval().as_nanos();
        let again = share.saturating_mul(burst.get() as u128);
        assert!(
            again <= LONGEST as u128,
            "it takes more than a year until the burst is allowed again"
        );
        self.quota = self.quota.allow_burst(burst);
        self
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, period, quota } = self;
        match (period.as_secs(), period.subsec_nanos()) {
            (1, 0) => write!(f, "{count}/s")?,
            (60, 0) => write!(f, "{count}/m")?,
            (3600, 0) => write!(f, "{count}/h")?,
            _ => write!(f, "{count}/{period:?}")?,
        }
        match quota.burst_size().get() {
            burst if burst == *count => Ok(()),
            burst => write!(f, " burst {burst}"),
        }
    }
}

/// The calls that one peer has made, measured by a [`Rate`].
#[derive(Debug)]
pub(crate) struct Limiter(RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>);

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self(RateLimiter::direct_with_clock(rate.quota, TokioClock))
    }

    /// Counts a call, if it is allowed now. One that is not allowed does not count.
    pub(crate) fn allows(&self) -> bool {
        self.0.check().is_ok()
    }
}

/// The clock of tokio, which tests can pause.
#[derive(Clone, Copy, Debug)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Instant);

impl Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, time: Nanos) -> Self {
        Self(self.0 + Duration::from(time))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, time: Nanos) -> Self {
        Self(self.0.checked_sub(time.into()).unwrap_or(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_allowed_and_then_one_call_for_each_share() {
        let check = async |rate: Rate, steps: &[(u64, u32)]| {
            let limiter = Limiter::new(rate);
            for (millis, expected) in steps {
                tokio::time::advance(Duration::from_millis(*millis)).await;
                let allowed = (0..*expected + 5).filter(|_| limiter.allows()).count();
                assert_eq!(allowed, *expected as usize, "{rate}, after {millis} ms");
            }
        };
        check(Rate::new(10, secs(1)), &[(0, 10), (99, 0), (1, 1), (250, 2), (50, 1), (9000, 10)])
            .await;
        check(Rate::new(2, secs(60)).burst(1), &[(0, 1), (29_999, 0), (1, 1), (600_000, 1)]).await;
        check(Rate::new(1, secs(1)).burst(3), &[(0, 3), (1000, 1), (60_000, 3)]).await;
    }

    #[test]
    fn a_rate_is_shown_as_it_is_written() {
        let check = |rate: Rate, expected: &str| assert_eq!(rate.to_string(), expected);
        check(Rate::new(10, secs(1)), "10/s");
        check(Rate::new(10, secs(1)).burst(10), "10/s");
        check(Rate::new(1, secs(3600)).burst(5), "1/h burst 5");
        check(Rate::new(3, Duration::from_millis(1500)), "3/1.5s");
    }

    #[test]
    fn a_rate_that_cannot_work_panics() {
        let check = |make: fn() -> Rate| assert!(std::panic::catch_unwind(make).is_err());
        check(|| Rate::new(0, secs(1)));
        check(|| Rate::new(1, Duration::ZERO));
        check(|| Rate::new(u32::MAX, secs(1)));
        check(|| Rate::new(1, secs(367 * 24 * 3600)));
        check(|| Rate::new(1, secs(1)).burst(0));
        check(|| Rate::new(1, secs(3600)).burst(u32::MAX));
    }
}

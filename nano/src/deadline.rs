//! A timer for deadlines that move.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that costs nothing while deadlines keep moving back: it wakes at the earliest moment it
/// was ever set to, sees that there is time left, and sets itself anew.
#[derive(Debug, Default)]
pub(crate) struct Deadline(Option<Pin<Box<Sleep>>>);

impl Deadline {
    /// Ready if `at` has come; if not, the task is woken by then.
    pub(crate) fn poll_at(&mut self, cx: &mut Context<'_>, at: Instant) -> Poll<()> {
        // One that wakes early enough is left alone: neither the clock nor the wheel of timers is asked.
        let wakes = |sleep: &Pin<Box<Sleep>>| sleep.deadline() <= at && !sleep.is_elapsed();
        if !self.0.as_ref().is_some_and(wakes) {
            if at <= Instant::now() {
                return Poll::Ready(());
            }
            if let Some(sleep) = &mut self.0 {
                sleep.as_mut().reset(at);
            }
        }
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        while sleep.as_mut().poll(cx).is_ready() {
            if at <= Instant::now() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(at);
        }
        Poll::Pending
    }

    /// Waits for nothing now. A timer that is set stays for the next deadline, which often comes soon; it goes when it has
    /// woken the task for nothing.
    pub(crate) fn rest(&mut self) {
        if self.0.as_ref().is_some_and(|sleep| sleep.is_elapsed()) {
            self.clear();
        }
    }

    /// Lets the timer go, for a connection that will wait without one for long.
    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_may_move_in_both_directions() {
        let start = Instant::now();
        let mut deadline = Deadline::default();
        // Set and moved, set and moved: each time the last one counts.
        for (set, moved) in [(10, 5), (6, 20), (21, 22)] {
            let at = |seconds| start + Duration::from_secs(seconds);
            let mut cx = Context::from_waker(std::task::Waker::noop());
            assert!(deadline.poll_at(&mut cx, at(set)).is_pending());
            poll_fn(|cx| deadline.poll_at(cx, at(moved))).await;
            assert_eq!(Instant::now(), at(moved));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_rests_serves_the_next_deadline_or_wakes_once() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut deadline = Deadline::default();
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(deadline.poll_at(&mut cx, at(5)).is_pending());
        deadline.rest();
        assert!(deadline.0.is_some(), "it stays");
        poll_fn(|cx| deadline.poll_at(cx, at(7))).await;
        assert_eq!(Instant::now(), at(7));

        let mut wakes = 0;
        assert!(deadline.poll_at(&mut cx, at(9)).is_pending());
        poll_fn(|cx| {
            deadline.rest();
            wakes += 1;
            match &mut deadline.0 {
                // As its task waits, without a deadline.
                Some(sleep) => sleep.as_mut().poll(cx),
                None => Poll::Ready(()),
            }
        })
        .await;
        deadline.rest();
        assert!(deadline.0.is_none() && wakes <= 2, "it has fired, and is gone");
        assert_eq!(Instant::now(), at(9));
    }
}

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
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() > at || sleep.is_elapsed() {
            sleep.as_mut().reset(at);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if at <= Instant::now() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(at);
        }
        Poll::Pending
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
}

//! The messages that are on their way into the queue of a link, until its peer takes no more.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The bit that says that no more may begin.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// Counts them. The last one that began before the end tells so: what follows it in the queue follows all of them.
#[derive(Debug, Default)]
pub(super) struct Sending(AtomicUsize);

impl Sending {
    /// Begins one; `false` when the peer takes no more.
    pub(super) fn begin(&self) -> bool {
        let more = |count| (count & CLOSED == 0).then_some(count + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_ok()
    }

    /// Ends one that has begun. Returns `true` if it was the last.
    pub(super) fn end(&self) -> bool {
        self.0.fetch_sub(1, Ordering::AcqRel) == CLOSED | 1
    }

    /// Lets no more begin. Returns `true` if none is on its way.
    pub(super) fn close(&self) -> bool {
        self.0.fetch_or(CLOSED, Ordering::AcqRel) & !CLOSED == 0
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.load(Ordering::Acquire) & CLOSED != 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use super::*;

    #[test]
    fn nothing_comes_behind_the_last_message() {
        for _ in 0..200 {
            let (sending, start) = (Sending::default(), Barrier::new(4));
            let (is_over, ends) = (AtomicBool::new(false), AtomicUsize::new(0));
            let over = |is_last: bool| {
                if is_last {
                    is_over.store(true, Ordering::SeqCst);
                    ends.fetch_add(1, Ordering::SeqCst);
                }
            };
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        start.wait();
                        while sending.begin() {
                            assert!(
                                !is_over.load(Ordering::SeqCst),
                                "a message comes behind the last"
                            );
                            over(sending.end());
                        }
                    });
                }
                start.wait();
                thread::yield_now();
                over(sending.close());
            });
            assert_eq!(ends.load(Ordering::SeqCst), 1);
            assert!(sending.is_closed());
        }
    }
}

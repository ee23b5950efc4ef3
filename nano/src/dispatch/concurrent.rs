//! The calls of `#[handler(concurrent)]` that one session has running.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::FromGate;
use crate::session::Session;

/// The number of concurrent calls that one session may have running; then its next message waits.
pub(super) const CONCURRENT: usize = 64;

/// The concurrent calls of one session. Nothing is allocated before the first.
#[derive(Debug, Default)]
pub(super) struct ConcurrentCalls(Option<Arc<Calls>>);

#[derive(Debug)]
struct Calls {
    running: AtomicUsize,
    session: Session,
}

impl ConcurrentCalls {
    #[inline]
    pub(super) fn running(&self) -> usize {
        self.0.as_ref().map_or(0, |calls| calls.running.load(Ordering::Acquire))
    }

    /// Counts a call of `session` until what is returned is dropped. The `gate` of its message hears of its end.
    pub(super) fn count(&mut self, session: &Session, gate: Option<FromGate>) -> Counted {
        let calls = self.0.get_or_insert_with(|| {
            Arc::new(Calls { running: AtomicUsize::new(0), session: session.clone() })
        });
        calls.running.fetch_add(1, Ordering::AcqRel);
        #[cfg(feature = "cluster")]
        if let Some((owner, gate)) = session.link().owner().zip(gate) {
            owner.goes_beside(gate.message);
        }
        Counted { calls: calls.clone(), gate }
    }
}

/// One of a session's concurrent calls, whose end may be waited for.
#[derive(Debug)]
pub(super) struct Counted {
    calls: Arc<Calls>,
    #[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "there are no other nodes"))]
    gate: Option<FromGate>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Calls { running, session } = &*self.calls;
        running.fetch_sub(1, Ordering::AcqRel);
        #[cfg(feature = "cluster")]
        if let Some((owner, gate)) = session.link().owner().zip(self.gate) {
            owner.ended_beside(gate.message);
        }
        session.link().wake();
    }
}

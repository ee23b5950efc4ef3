//! The server's knowledge of the sessions that have logged in.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nano::{Error, Result, Session};

use super::census::KNOWN;
use crate::protocol::{Answer, Ask, Event, KICKED, SoakPush};

/// The length of the larger pushes.
const LARGE: usize = 2000;

/// Sessions that end are noted in [`BEGUN`].
pub(super) static IS_DRAINING: AtomicBool = AtomicBool::new(false);

/// The secrets of the sessions that ended in the drain, and the numbers of the last messages whose handlers began.
pub(super) static BEGUN: Mutex<Vec<(String, u64)>> = Mutex::new(Vec::new());

/// The server's knowledge of a session.
pub(super) struct Known {
    pub(super) secret: String,
    pub(super) uid: u64,
    /// The echoes and notifies that it has sent.
    handled: AtomicU64,
    /// The number of the last message whose handler has begun.
    begun: AtomicU64,
    /// The messages that the stage of this session has passed.
    passed: AtomicU32,
    /// The numbers of its last whisper, latest and lossy push.
    pushed: Mutex<[u64; 3]>,
}

impl Known {
    pub(super) fn new(ask: &Ask) -> Self {
        KNOWN.fetch_add(1, Ordering::Relaxed);
        Self {
            secret: ask.secret.clone(),
            uid: ask.about,
            handled: AtomicU64::new(0),
            begun: AtomicU64::new(ask.seq),
            passed: AtomicU32::new(0),
            pushed: Mutex::default(),
        }
    }

    pub(super) fn of(session: &Session) -> Option<Arc<Self>> {
        session.get()
    }

    /// Counts an echo or a notify.
    pub(super) fn handle(&self) -> u64 {
        self.handled.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts a message that the stage of this session passes.
    pub(super) fn pass(&self) -> u32 {
        self.passed.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns the number of messages that the stage of this session has passed.
    pub(super) fn passed(&self) -> u32 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Holding it keeps the numbers in the order of the pushes.
    fn pushed(&self) -> MutexGuard<'_, [u64; 3]> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a whisper, and returns its number.
    pub(super) fn whisper(&self, session: &Session, pad: usize) -> Result<u64> {
        let mut pushed = self.pushed();
        pushed[0] += 1;
        SoakPush::to(session).whisper(&self.event(pushed[0], pad))?;
        Ok(pushed[0])
    }

    /// Sends a last whisper, and kicks the session with the number of it: no whisper comes in between. Does nothing to a
    /// session that is closing.
    pub(super) fn kick(&self, session: &Session) {
        let mut pushed = self.pushed();
        pushed[0] += 1;
        if SoakPush::to(session).whisper(&self.event(pushed[0], 0)).is_ok() {
            session.kick(format!("{KICKED}{}", pushed[0]));
        }
    }

    /// Sends pushes of all classes. Returns the number of the last latest one.
    pub(super) fn burst(&self, session: &Session, count: u64) -> Result<u64> {
        for _ in 0..count {
            let mut pushed = self.pushed();
            pushed[1] += 1;
            SoakPush::to(session).latest(&self.event(pushed[1], LARGE))?;
            pushed[2] += 1;
            SoakPush::to(session).lossy(&self.event(pushed[2], LARGE))?;
        }
        self.whisper(session, LARGE)?;
        Ok(self.pushed()[1])
    }

    /// Returns a push to this session alone.
    pub(super) fn event(&self, n: u64, pad: usize) -> Event {
        Event { secret: self.secret.clone(), pad: "x".repeat(pad), ..Event::of(0, n) }
    }

    /// Notes the end of a session.
    pub(super) fn ended(&self) {
        if IS_DRAINING.load(Ordering::SeqCst) {
            let begun = self.begun.load(Ordering::SeqCst);
            BEGUN.lock().unwrap_or_else(PoisonError::into_inner).push((self.secret.clone(), begun));
        }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        KNOWN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A message of a session that has logged in, whose handler has begun.
pub(super) struct Asked {
    pub(super) session: Session,
    pub(super) known: Arc<Known>,
    pub(super) ask: Ask,
}

impl Asked {
    pub(super) fn new(session: &Session, ask: Ask) -> Result<Self> {
        let known = Known::of(session).ok_or_else(|| Error::reject("unknown", "log in first"))?;
        known.begun.fetch_max(ask.seq, Ordering::SeqCst);
        Ok(Self { session: session.clone(), known, ask })
    }

    /// Returns the answer, made when all that the message asks for is done: a session that is open then received all of
    /// it.
    pub(super) fn answer(&self, count: u64) -> Answer {
        let is_closing = self.session.is_closed();
        Answer { secret: self.known.secret.clone(), seq: self.ask.seq, count, own: 0, is_closing }
    }
}

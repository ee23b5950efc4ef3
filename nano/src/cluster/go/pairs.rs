//! The sessions of one gate of Go nano: its ids, and those that they have here.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::session::SessionId;

/// The time for which a session that has ended is remembered, and their number.
const REMEMBERED: Duration = Duration::from_secs(60);
const MOST_REMEMBERED: usize = 65_536;

/// The sessions of a gate that may be here.
const MOST: usize = 500_000;

/// The requests of one session that wait for their answers.
const MOST_ASKED: usize = 256;

/// The sessions of one gate. Other gates may use the same ids, so that they have others here.
#[derive(Debug, Default)]
pub(super) struct Pairs(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    open: HashMap<i64, Open>,
    /// The gate's ids by those that they have here.
    theirs: HashMap<SessionId, i64>,
    /// The requests that wait for their answers: the session and the id at the gate.
    asked: HashMap<u64, (i64, u64)>,
    last: u64,
    ended: HashMap<i64, Instant>,
    /// In the order in which they ended.
    order: VecDeque<(Instant, i64)>,
    is_closed: bool,
}

#[derive(Debug)]
struct Open {
    id: SessionId,
    asked: Vec<u64>,
}

/// The reason why a message of a gate is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untaken {
    /// The session has ended.
    Ended,
    Full,
    /// This node leaves.
    Leaving,
}

impl Pairs {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the id that a session of the gate has here; one that is new gets what `make` returns.
    pub(super) fn open(
        &self,
        theirs: i64,
        now: Instant,
        make: impl FnOnce() -> SessionId,
    ) -> Result<SessionId, Untaken> {
        let mut table = self.table();
        if table.is_closed {
            return Err(Untaken::Leaving);
        }
        if let Some(open) = table.open.get(&theirs) {
            return Ok(open.id);
        }
        table.forget(now);
        if table.ended.contains_key(&theirs) {
            return Err(Untaken::Ended);
        }
        if table.open.len() >= MOST {
            return Err(Untaken::Full);
        }
        let id = make();
        table.open.insert(theirs, Open { id, asked: Vec::new() });
        table.theirs.insert(id, theirs);
        Ok(id)
    }

    /// Notes a request, whose answer has the number that is returned.
    pub(super) fn ask(&self, theirs: i64, request: u64) -> Result<u64, Untaken> {
        let mut table = self.table();
        table.last += 1;
        let number = table.last;
        let open = table.open.get_mut(&theirs).ok_or(Untaken::Ended)?;
        if open.asked.len() >= MOST_ASKED {
            return Err(Untaken::Full);
        }
        open.asked.push(number);
        table.asked.insert(number, (theirs, request));
        Ok(number)
    }

    /// Returns the session, its id at the gate, and the request there that an answer is for, once.
    pub(super) fn answered(&self, number: u64) -> Option<(SessionId, i64, u64)> {
        let mut table = self.table();
        let (theirs, request) = table.asked.remove(&number)?;
        let open = table.open.get_mut(&theirs)?;
        open.asked.retain(|other| *other != number);
        Some((open.id, theirs, request))
    }

    /// Returns the gate's id of a session.
    pub(super) fn theirs(&self, id: SessionId) -> Option<i64> {
        self.table().theirs.get(&id).copied()
    }

    pub(super) fn has(&self, theirs: i64) -> bool {
        self.table().open.contains_key(&theirs)
    }

    /// Ends a session, and remembers it for a while, so that a message which comes late does not bring it back.
    pub(super) fn end(&self, theirs: i64, now: Instant) -> Option<SessionId> {
        let mut table = self.table();
        table.forget(now);
        if table.ended.insert(theirs, now).is_none() {
            table.order.push_back((now, theirs));
        }
        if table.order.len() > MOST_REMEMBERED
            && let Some((_, oldest)) = table.order.pop_front()
        {
            table.ended.remove(&oldest);
        }
        let open = table.open.remove(&theirs)?;
        table.theirs.remove(&open.id);
        for number in open.asked {
            table.asked.remove(&number);
        }
        Some(open.id)
    }

    /// Takes no more messages, and returns all sessions with the ids that they have at the gate.
    pub(super) fn close(&self) -> Vec<(SessionId, i64)> {
        let mut table = self.table();
        table.is_closed = true;
        table.open.iter().map(|(theirs, open)| (open.id, *theirs)).collect()
    }
}

impl Table {
    fn forget(&mut self, now: Instant) {
        while let Some((at, theirs)) = self.order.front().copied()
            && now.saturating_duration_since(at) >= REMEMBERED
        {
            self.order.pop_front();
            self.ended.remove(&theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(counter: u64) -> SessionId {
        SessionId::of_node(9, counter)
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_has_ended_stays_so_for_a_minute() {
        let (pairs, now) = (Pairs::default(), Instant::now());
        assert_eq!(pairs.open(42, now, || id(1)), Ok(id(1)));
        assert_eq!(pairs.open(42, now, || id(2)), Ok(id(1)), "the same one");
        assert_eq!(pairs.theirs(id(1)), Some(42));
        let asked = pairs.ask(42, 7).expect("room");
        assert_eq!((pairs.answered(asked), pairs.answered(asked)), (Some((id(1), 42, 7)), None));

        let unanswered = pairs.ask(42, 8).expect("room");
        assert_eq!(pairs.end(42, now), Some(id(1)));
        assert_eq!((pairs.answered(unanswered), pairs.theirs(id(1))), (None, None));
        assert_eq!(pairs.end(43, now), None, "it was never here");
        let late = now + Duration::from_secs(59);
        for theirs in [42, 43] {
            assert_eq!(pairs.open(theirs, late, || id(3)), Err(Untaken::Ended));
            assert_eq!(pairs.ask(theirs, 1), Err(Untaken::Ended));
        }
        assert_eq!(pairs.open(42, now + REMEMBERED, || id(4)), Ok(id(4)));
        assert_eq!(pairs.close(), [(id(4), 42)]);
        assert_eq!(pairs.open(44, now, || id(5)), Err(Untaken::Leaving));
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_cannot_fill_the_memory() {
        let (pairs, now) = (Pairs::default(), Instant::now());
        for theirs in 0..MOST_REMEMBERED as i64 + 10 {
            pairs.end(theirs, now);
        }
        let table = pairs.table();
        assert_eq!((table.ended.len(), table.order.len()), (MOST_REMEMBERED, MOST_REMEMBERED));
        drop(table);
        assert_eq!(pairs.open(9, now, || id(1)), Ok(id(1)), "the oldest are forgotten first");
        assert_eq!(pairs.open(10, now, || id(2)), Err(Untaken::Ended));
        let asked = (0..1000).map_while(|at| pairs.ask(9, at).ok()).count();
        assert_eq!(asked, MOST_ASKED);
        assert_eq!(pairs.ask(9, 0), Err(Untaken::Full));
    }
}

//! The calls that wait for a node of Go nano: those of one session one after another.

use std::collections::VecDeque;

use bytes::Bytes;
use rustc_hash::FxHashMap;

/// The bytes of calls that wait, above which no more are taken from the link's queue.
const LIMIT: usize = 8 * 1024 * 1024;

/// The calls to one node that are under way at a time.
const RUNNING: usize = 1024;

/// The memory of a call beside its bytes.
const OVERHEAD: usize = 128;

/// One call, with the ids of sessions that gates have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    Request {
        call: u64,
        gate: String,
        session: i64,
        route: String,
        body: Bytes,
    },
    Notify {
        call: u64,
        gate: String,
        session: i64,
        route: String,
        body: Bytes,
    },
    Respond {
        session: i64,
        request: u64,
        body: Bytes,
    },
    Push {
        session: i64,
        route: String,
        body: Bytes,
    },
    HangUp {
        session: i64,
    },
    /// A client of this node has gone.
    Ended {
        session: i64,
    },
}

impl Work {
    fn size(&self) -> usize {
        let bytes = match self {
            Self::Request { gate, route, body, .. } | Self::Notify { gate, route, body, .. } => {
                gate.len() + route.len() + body.len()
            }
            Self::Respond { body, .. } => body.len(),
            Self::Push { route, body, .. } => route.len() + body.len(),
            Self::HangUp { .. } | Self::Ended { .. } => 0,
        };
        bytes + OVERHEAD
    }
}

/// The calls that wait, by the sessions that they are for.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// A session is in it while a call of it is ready or under way.
    waiting: FxHashMap<u64, VecDeque<Work>>,
    ready: VecDeque<(u64, Work)>,
    running: usize,
    bytes: usize,
}

impl Lanes {
    pub(super) fn add(&mut self, session: u64, work: Work) {
        self.bytes += work.size();
        match self.waiting.get_mut(&session) {
            Some(lane) => lane.push_back(work),
            None => {
                self.waiting.insert(session, VecDeque::new());
                self.ready.push_back((session, work));
            }
        }
    }

    /// Returns a call that may begin. Its end is [noted](Self::ended).
    pub(super) fn next(&mut self) -> Option<(u64, Work)> {
        if self.running >= RUNNING {
            return None;
        }
        let (session, work) = self.ready.pop_front()?;
        self.running += 1;
        Some((session, work))
    }

    /// Notes the end of a call, so that the next one of its session may begin.
    pub(super) fn ended(&mut self, session: u64, work: &Work) {
        self.running = self.running.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(work.size());
        match self.waiting.get_mut(&session).and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back((session, next)),
            None => drop(self.waiting.remove(&session)),
        }
    }

    /// Returns `true` if a call that is added may begin at once.
    pub(super) fn has_room(&self) -> bool {
        self.running + self.ready.len() < RUNNING
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes >= LIMIT
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(route: &str) -> Work {
        Work::Push { session: 1, route: route.to_owned(), body: Bytes::new() }
    }

    #[test]
    fn calls_of_a_session_go_one_after_another_and_sessions_side_by_side() {
        let mut lanes = Lanes::default();
        for (session, route) in [(1, "a"), (1, "b"), (2, "c"), (1, "d")] {
            lanes.add(session, push(route));
        }
        assert_eq!(lanes.next(), Some((1, push("a"))));
        assert_eq!(lanes.next(), Some((2, push("c"))));
        assert_eq!(lanes.next(), None, "the others wait for the first");
        lanes.ended(1, &push("a"));
        lanes.ended(2, &push("c"));
        assert_eq!(lanes.next(), Some((1, push("b"))));
        lanes.add(2, push("e"));
        assert_eq!(lanes.next(), Some((2, push("e"))));
        lanes.ended(1, &push("b"));
        lanes.ended(2, &push("e"));
        assert_eq!(lanes.next(), Some((1, push("d"))));
        lanes.ended(1, &push("d"));
        assert!(lanes.is_empty() && lanes.next().is_none());
        assert_eq!((lanes.bytes, lanes.running), (0, 0));
    }

    #[test]
    fn a_node_that_answers_nothing_holds_no_more_than_the_limit() {
        let mut lanes = Lanes::default();
        let body = Bytes::from_static(&[7; 64 * 1024]);
        let mut taken = 0;
        while !lanes.is_full() {
            lanes.add(taken, Work::Push { session: 1, route: String::new(), body: body.clone() });
            taken += 1;
        }
        assert_eq!(taken, 128);
        let mut lanes = Lanes::default();
        (0..2000).for_each(|session| lanes.add(session, push("a")));
        assert_eq!(std::iter::from_fn(|| lanes.next()).count(), RUNNING);
    }
}

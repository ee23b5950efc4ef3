//! The drain of the server at the end of a run, as its players share it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::protocol::Drained;

/// The drain, or none for players that end by themselves. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Drain(Arc<State>);

#[derive(Default)]
struct State {
    is_settled: AtomicBool,
    has_begun: AtomicBool,
    present: AtomicU64,
    farewells: Mutex<Vec<Farewell>>,
    /// The sessions that something else has ended meanwhile.
    others: AtomicU64,
}

/// The end of a session that the drain has ended, as its client saw it.
pub(crate) struct Farewell {
    pub(crate) player: String,
    pub(crate) secret: String,
    pub(crate) at: Instant,
    /// The requests without an answer: their numbers, and their names.
    pub(crate) open: Vec<(u64, String)>,
}

/// A player that has a session, until this is dropped.
pub(crate) struct Present<'a>(&'a State);

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.present.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drain {
    pub(crate) fn enter(&self) -> Present<'_> {
        self.0.present.fetch_add(1, Ordering::SeqCst);
        Present(&self.0)
    }

    /// Returns the number of players that have a session.
    pub(crate) fn present(&self) -> u64 {
        self.0.present.load(Ordering::SeqCst)
    }

    /// Lets players play without kicks, and without breaks of their own.
    pub(crate) fn settle(&self) {
        self.0.is_settled.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.0.is_settled.load(Ordering::SeqCst)
    }

    /// Notes that the server is about to drain.
    pub(crate) fn begin(&self) {
        self.0.has_begun.store(true, Ordering::SeqCst);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.0.has_begun.load(Ordering::SeqCst)
    }

    fn farewells(&self) -> MutexGuard<'_, Vec<Farewell>> {
        self.0.farewells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn told(&self, farewell: Farewell) {
        self.farewells().push(farewell);
    }

    /// Notes the end of a session that something else has ended.
    pub(crate) fn ended_otherwise(&self) {
        self.0.others.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns the time from the first farewell to the last.
    pub(crate) fn spread(&self) -> Duration {
        let farewells = self.farewells();
        let times = || farewells.iter().map(|farewell| farewell.at);
        let first_and_last = times().min().zip(times().max());
        first_and_last.map(|(first, last)| last - first).unwrap_or_default()
    }

    /// Compares what so many players saw with what the server did. Returns the faults.
    pub(crate) fn faults(&self, players: u64, drained: Drained) -> Vec<String> {
        let begun: HashMap<_, _> = drained.begun.into_iter().collect();
        let mut faults = Vec::new();
        let (told, others) = (self.farewells().len(), self.0.others.load(Ordering::SeqCst));
        if told as u64 + others != players {
            faults.push(format!(
                "the drain has told {told} of {players} players, and {others} had left before"
            ));
        }
        for Farewell { player, secret, open, .. } in self.farewells().iter() {
            // What the server has not read may be unanswered.
            let last = begun.get(secret);
            for (id, request) in open.iter().filter(|(id, _)| Some(id) <= last) {
                faults.push(format!(
                    "{player}: request {id} ({request}) was accepted before the drain, and never answered"
                ));
            }
            if last.is_none() {
                faults
                    .push(format!("{player}: the server knows nothing of the end of its session"));
            }
        }
        faults
    }
}

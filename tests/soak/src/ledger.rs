//! The counts of a run, the latest answers, and the faults that were found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The faults that are kept in words.
const SHOWN: usize = 20;

/// Counts and faults. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    counts: BTreeMap<&'static str, u64>,
    latest: BTreeMap<&'static str, (Duration, String)>,
    behaviours: BTreeSet<&'static str>,
    faults: Vec<String>,
    all_faults: u64,
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, name: &'static str, number: u64) {
        *self.entries().counts.entry(name).or_default() += number;
    }

    pub(crate) fn counted(&self, name: &str) -> u64 {
        self.entries().counts.get(name).copied().unwrap_or_default()
    }

    /// Notes the time that one of many things took; the longest of each kind is kept.
    pub(crate) fn took(&self, kind: &'static str, time: Duration, one: impl FnOnce() -> String) {
        let mut entries = self.entries();
        let latest = entries.latest.entry(kind).or_default();
        if time > latest.0 {
            *latest = (time, one());
        }
    }

    /// Returns the longest times.
    pub(crate) fn latest(&self) -> BTreeMap<&'static str, (Duration, String)> {
        self.entries().latest.clone()
    }

    /// Notes a hostile client's behaviour, to whose end it came.
    pub(crate) fn behaved(&self, behaviour: &'static str) {
        self.entries().behaviours.insert(behaviour);
    }

    /// Returns the number of behaviours of hostile clients.
    pub(crate) fn behaviours(&self) -> usize {
        self.entries().behaviours.len()
    }

    pub(crate) fn fault(&self, fault: String) {
        let mut entries = self.entries();
        entries.all_faults += 1;
        if entries.faults.len() < SHOWN {
            entries.faults.push(fault);
        }
    }

    /// Returns the faults that are kept, and the number of all.
    pub(crate) fn faults(&self) -> (Vec<String>, u64) {
        let entries = self.entries();
        (entries.faults.clone(), entries.all_faults)
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.entries().counts.clone()
    }
}

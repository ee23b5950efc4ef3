//! The counts of a run, and the faults that were found.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The faults that are kept in words.
const SHOWN: usize = 20;

/// Counts and faults. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    counts: BTreeMap<&'static str, u64>,
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

//! The names of other nodes' routes, which last as long as the process.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The most names: as many routes as an app may have.
const MOST: usize = 65_535;

/// All names that were ever asked for. They are few, and the same again whenever a node comes back.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Returns a name that lasts; `None` when there are too many.
pub(super) fn lasting(name: &str) -> Option<&'static str> {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= MOST {
        return None;
    }
    let name = &*Box::leak(Box::<str>::from(name));
    names.insert(name);
    Some(name)
}

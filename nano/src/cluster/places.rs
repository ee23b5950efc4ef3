//! The places for messages of one session that wait at a node.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The messages and calls of one session that may wait: its gate sends one after another, but for concurrent ones, and a
/// gate of Go nano sends all that come.
const WAITING: usize = 128;

#[derive(Debug, Default)]
pub(super) struct Places(Arc<AtomicUsize>);

/// A place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Places {
    /// Takes a place, unless all are taken.
    pub(super) fn take(&self) -> Option<Place> {
        // Counted before it is compared, so that many at once cannot take the last one.
        let place = (self.0.fetch_add(1, Ordering::Relaxed), Place(self.0.clone()));
        Some(place).filter(|(taken, _)| *taken < WAITING).map(|(_, place)| place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

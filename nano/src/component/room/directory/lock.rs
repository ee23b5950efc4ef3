//! The lock of a directory.

use std::cell::Cell;
use std::sync::PoisonError;

use crate::sync::{Mutex, MutexGuard, thread_local};

thread_local! {
    /// `true` while this thread runs a filter of the application's under a lock.
    static FILTERS: Cell<bool> = const { Cell::new(false) };
}

/// A mutex under which one kind of code of the application's runs: a filter.
pub(super) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// # Panics
    ///
    /// Panics when a filter calls it: it would wait for itself for ever.
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        assert!(!FILTERS.with(Cell::get), "a filter of rooms uses rooms in turn");
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `f`, which may call a filter.
    pub(super) fn lock_for_filter<O>(&self, f: impl FnOnce(&mut T) -> O) -> O {
        let mut value = self.lock();
        FILTERS.with(|it| it.set(true));
        let _filters = Filters;
        f(&mut value)
    }
}

/// Dropped when a filter has run, or has panicked.
struct Filters;

impl Drop for Filters {
    fn drop(&mut self) {
        FILTERS.with(|it| it.set(false));
    }
}

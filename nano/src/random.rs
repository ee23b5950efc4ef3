//! Random numbers that need not be secret.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns a random number.
pub(crate) fn number() -> u64 {
    #[cfg(all(test, feature = "cluster", feature = "testing"))]
    if let Some(number) = seeded::number() {
        return number;
    }
    // The standard library seeds its hasher from the system's randomness.
    RandomState::new().build_hasher().finish()
}

/// The numbers of a simulation, which are the same whenever it is repeated.
#[cfg(all(test, feature = "cluster", feature = "testing"))]
pub(crate) mod seeded {
    use std::cell::RefCell;

    type Source = Box<dyn FnMut() -> u64>;

    thread_local! {
        static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
    }

    /// Takes the random numbers of this thread from `source` from now on.
    pub(crate) fn by(source: impl FnMut() -> u64 + 'static) {
        SOURCE.set(Some(Box::new(source)));
    }

    pub(super) fn number() -> Option<u64> {
        SOURCE.with_borrow_mut(|source| source.as_mut().map(|source| source()))
    }
}

//! Random numbers that need not be secret.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns a random number.
pub(crate) fn number() -> u64 {
    // The standard library seeds its hasher from the system's randomness.
    RandomState::new().build_hasher().finish()
}

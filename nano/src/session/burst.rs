//! The memory of a map after a burst.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

/// Gives memory back when a map has become far smaller than it was: a burst of connections must not hold it for ever.
pub(super) fn shrink<K: Hash + Eq, V, S: BuildHasher>(map: &mut HashMap<K, V, S>) {
    if map.capacity() > 1024 && map.len() < map.capacity() / 8 {
        map.shrink_to(map.capacity() / 2);
    }
}

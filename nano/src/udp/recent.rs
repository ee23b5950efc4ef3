//! A table of bounded size, which forgets what was put into it first.

use std::collections::{HashMap, VecDeque};

use super::segment::Key;

/// What is known of the conversations that were noted last.
#[derive(Debug)]
pub(super) struct Recent<V> {
    values: HashMap<Key, V>,
    /// The keys in the order of their notes; some may have been taken out.
    order: VecDeque<Key>,
    limit: usize,
}

impl<V> Recent<V> {
    pub(super) fn new(limit: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), limit }
    }

    /// Notes a value. Returns `true` if another one had to be forgotten for it.
    pub(super) fn note(&mut self, key: Key, value: V) -> bool {
        if self.values.insert(key, value).is_some() {
            return false;
        }
        self.order.push_back(key);
        let first = if self.order.len() > self.limit { self.order.pop_front() } else { None };
        first.is_some_and(|first| self.values.remove(&first).is_some())
    }

    pub(super) fn get(&self, key: &Key) -> Option<&V> {
        self.values.get(key)
    }

    pub(super) fn take(&mut self, key: &Key) -> Option<V> {
        self.values.remove(key)
    }
}

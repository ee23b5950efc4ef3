//! This node, as others name it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// This node, as others name it.
#[derive(Debug)]
pub(super) struct Own {
    number: Arc<AtomicU32>,
    /// Known when the address is, which it may come from.
    name: OnceLock<String>,
}

impl Own {
    pub(super) fn new(number: Arc<AtomicU32>) -> Self {
        Self { number, name: OnceLock::new() }
    }

    pub(super) fn set_name(&self, name: &str) {
        // It happens once.
        let _ = self.name.set(name.to_owned());
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.get().is_some_and(|own| own == name)
    }

    /// The number of this node, which changes when it joins again.
    pub(super) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }
}

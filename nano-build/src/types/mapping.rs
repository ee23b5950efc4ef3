//! Types of TypeScript that the build script names for types of Rust, and other things by their paths.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Types of TypeScript, by the paths in Rust that they stand for.
///
/// A path is that of a type (`uuid::Uuid`, `crate::room::Player`), of a field
/// (`crate::room::Player.when`, `crate::room::Shape::Circle.0`) or of a variant
/// (`crate::room::Shape::Circle`), as problems name them.
pub(crate) type TypeMappings = ByPath<String>;

/// Values by paths in Rust, which knows the paths that are of no use.
#[derive(Clone, Debug)]
pub(crate) struct ByPath<T> {
    by_path: BTreeMap<String, T>,
    /// The paths of those that have been asked for.
    used: RefCell<BTreeSet<String>>,
}

impl<T> Default for ByPath<T> {
    fn default() -> Self {
        Self { by_path: BTreeMap::new(), used: RefCell::default() }
    }
}

impl<T> ByPath<T> {
    /// Adds a value, in place of an earlier one.
    pub(crate) fn insert(&mut self, path: impl Into<String>, value: T) {
        self.by_path.insert(path.into().replace(' ', ""), value);
    }

    pub(super) fn get(&self, path: &str) -> Option<&T> {
        let value = self.by_path.get(path)?;
        self.used.borrow_mut().insert(path.to_owned());
        Some(value)
    }

    /// The paths that have not been asked for: most likely misspelt.
    pub(crate) fn unused(&self) -> impl Iterator<Item = String> {
        let used = self.used.borrow().clone();
        self.by_path.keys().filter(move |path| !used.contains(*path)).cloned()
    }
}

/// The remedy for any type that cannot be described.
pub(super) fn hint(path: &str) -> String {
    format!("say what it is in TypeScript with Config::map_type({path:?}, \"string\")")
}

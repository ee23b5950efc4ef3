//! Types of TypeScript that the build script names for types of Rust.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Types of TypeScript, by the paths in Rust that they stand for.
///
/// A path is that of a type (`uuid::Uuid`, `crate::room::Player`), of a field
/// (`crate::room::Player.when`, `crate::room::Shape::Circle.0`) or of a variant
/// (`crate::room::Shape::Circle`), as problems name them.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeMappings {
    by_path: BTreeMap<String, String>,
    /// The paths of those that have been asked for.
    used: RefCell<BTreeSet<String>>,
}

impl TypeMappings {
    /// Maps `path` to the type `typescript`, in place of an earlier one.
    pub(crate) fn insert(&mut self, path: impl Into<String>, typescript: impl Into<String>) {
        self.by_path.insert(path.into().replace(' ', ""), typescript.into());
    }

    pub(super) fn get(&self, path: &str) -> Option<&str> {
        let typescript = self.by_path.get(path)?;
        self.used.borrow_mut().insert(path.to_owned());
        Some(typescript)
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

//! The graph of a crate's files: an arrow goes from a file to each file that it takes something from.
//!
//! An arrow to a re-exported item goes to the file that defines it. The name of a module makes no arrow, an
//! item taken through the module does. `mod` and re-exports of items below the module make no arrows either.
//! Items that are never named, such as the type of a method's receiver, cannot be seen.

mod imports;
mod modules;
mod names;
mod paths;
mod tokens;
mod visitor;

use std::collections::BTreeMap;

use modules::Tree;

/// The place that makes an arrow: the first one in its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Witness {
    pub(super) line: usize,
    /// The path as it is written there, groups of `use` taken apart.
    pub(super) path: String,
}

#[derive(Debug)]
pub(super) struct Graph {
    /// All files, relative to the crate's `src`.
    pub(super) files: Vec<String>,
    /// The arrows between different files: from, to.
    pub(super) arrows: BTreeMap<(String, String), Witness>,
}

impl Graph {
    /// Reads a crate, beginning with its `lib.rs`. `load` gives the text of a file, if there is one.
    pub(super) fn of(load: &dyn Fn(&str) -> Option<String>) -> Self {
        let tree = Tree::read(load);
        let mut arrows = BTreeMap::new();
        for found in visitor::arrows(&tree) {
            let witness = arrows.entry((found.from, found.to)).or_insert(found.witness.clone());
            if found.witness < *witness {
                *witness = found.witness;
            }
        }
        Self { files: tree.files, arrows }
    }

    /// The files that a file takes something from.
    pub(super) fn targets<'a>(&'a self, from: &'a str) -> impl Iterator<Item = &'a str> {
        self.arrows.keys().filter(move |(source, _)| source == from).map(|(_, to)| to.as_str())
    }
}

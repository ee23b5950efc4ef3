//! The problems of types that cannot be described.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nano_syntax::scan::Location;
use syn::spanned::Spanned;

/// Problems, each once, sorted by place.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: BTreeSet<(PathBuf, usize, usize, String)>,
}

impl Problems {
    pub(super) fn add(&mut self, at: &Location, message: impl Into<String>) {
        self.found.insert((at.file.clone(), at.line, at.column, message.into()));
    }

    pub(super) fn finish(self) -> Result<(), Vec<String>> {
        if self.found.is_empty() {
            return Ok(());
        }
        let text = |(file, line, column, message): (PathBuf, usize, usize, String)| {
            format!("{}: {message}", Location { file, line, column })
        };
        Err(self.found.into_iter().map(text).collect())
    }
}

/// The place of a part of a file.
pub(super) fn place(file: &Path, of: &impl Spanned) -> Location {
    let start = of.span().start();
    Location { file: file.to_owned(), line: start.line.max(1), column: start.column + 1 }
}

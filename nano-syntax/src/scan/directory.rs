//! The folders and files of modules, by the compiler's rules.

use std::path::{Path, PathBuf};

#[cfg(test)]
mod tests;

/// The folder that a module's children are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    /// The folder of the file, extended by the inline modules around.
    path: PathBuf,
    /// The file's own name, in `name.rs`: its children are in `name/`, but its `#[path]`s start
    /// beside it.
    relative: Option<String>,
}

/// The files that a `mod name;` can mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    /// The one that `#[path]` names.
    Named(PathBuf),
    /// `name.rs` and `name/mod.rs`.
    Either(PathBuf, PathBuf),
}

impl Directory {
    /// The folder of a crate's root, a `mod.rs` or a file named by `#[path]`.
    pub(super) fn beside(file: &Path) -> Self {
        Self { path: file.parent().unwrap_or(Path::new("")).to_owned(), relative: None }
    }

    /// The folder of `name.rs`.
    pub(super) fn below(file: &Path, name: &str) -> Self {
        Self { relative: Some(name.to_owned()), ..Self::beside(file) }
    }

    /// The folder of a `mod name { .. }`. For an inline module, `#[path]` names a folder.
    pub(super) fn inline(&self, name: &str, path: Option<&str>) -> Self {
        if let Some(path) = path {
            return Self { path: self.path.join(path), relative: None };
        }
        let mut inside = self.path.clone();
        inside.extend(&self.relative);
        inside.push(name);
        Self { path: inside, relative: None }
    }

    /// The files of a `mod name;`.
    pub(super) fn candidates(&self, name: &str, path: Option<&str>) -> Candidates {
        if let Some(path) = path {
            return Candidates::Named(self.path.join(path));
        }
        let mut folder = self.path.clone();
        folder.extend(&self.relative);
        Candidates::Either(folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"))
    }
}

/// The path without `.` and, where possible, without `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    use std::path::Component::{CurDir, Normal, ParentDir};
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            CurDir => {}
            ParentDir if matches!(out.components().next_back(), Some(Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

//! Programs that are not part of a Rust installation.

use crate::shell;

/// A program that a step needs.
pub(super) struct Tool {
    /// The names of the file that it can be.
    pub(super) name: &'static str,
    /// The command that installs it.
    pub(super) install: &'static str,
}

pub(super) const DENY: Tool =
    Tool { name: "cargo-deny", install: "cargo install --locked cargo-deny" };
pub(super) const HACK: Tool =
    Tool { name: "cargo-hack", install: "cargo install --locked cargo-hack" };

impl Tool {
    /// Returns a line that says how to get the program, if it is not there.
    pub(super) fn missing(&self) -> Option<String> {
        let windows = format!("{}.exe", self.name);
        let is_there = shell::find_program(&[self.name, &windows]).is_some();
        (!is_there).then(|| format!("{} is not installed: {}", self.name, self.install))
    }
}

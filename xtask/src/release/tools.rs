//! Programs that are not part of a Rust installation.

use crate::Outcome;
use crate::shell;

/// A program that a step needs.
pub(super) struct Tool {
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

/// Checks that rustup has a compiler of a version, such as `1.88`.
///
/// # Errors
///
/// A text that says how to get it.
pub(super) fn has_toolchain(version: &str) -> Outcome {
    let list = shell::capture(&mut shell::command("rustup", &["toolchain", "list"]))?;
    if list.lines().any(|line| line.starts_with(&format!("{version}-"))) {
        return Ok(());
    }
    Err(format!(
        "Rust {version} is not installed: rustup toolchain install --profile minimal {version}"
    ))
}

//! The JavaScript runtime of generated clients.

use super::OutputFile;

/// The specifier of the runtime beside the generated files.
pub(super) const LOCAL: &str = "./nano.js";

/// Copies its files, marked as generated.
pub(super) fn files(header: &str) -> impl Iterator<Item = OutputFile> {
    nano_js::FILES
        .iter()
        .map(move |(path, text)| OutputFile::new(*path, format!("{header}\n{text}")))
}

//! The runtime that generated clients stand on.

use super::OutputFile;

/// Its files, by their paths beside the generated ones.
const FILES: &[(&str, &str)] = &[
    ("nano.js", include_str!("../../../clients/js/nano.js")),
    ("nano.d.ts", include_str!("../../../clients/js/nano.d.ts")),
];

/// Copies them, marked as generated.
pub(super) fn files(header: &str) -> impl Iterator<Item = OutputFile> {
    FILES.iter().map(move |(path, text)| OutputFile::new(*path, format!("{header}\n{text}")))
}

//! The JavaScript runtime of generated clients.

use super::OutputFile;

/// The specifier of the runtime beside the generated files.
pub(super) const LOCAL: &str = "./nano.js";

/// Its files, by their paths beside the generated ones.
const FILES: &[(&str, &str)] = &[
    ("nano.js", include_str!("../../../clients/js/nano.js")),
    ("nano.d.ts", include_str!("../../../clients/js/nano.d.ts")),
    ("nano/codec.js", include_str!("../../../clients/js/nano/codec.js")),
    ("nano/connection.js", include_str!("../../../clients/js/nano/connection.js")),
    ("nano/error.js", include_str!("../../../clients/js/nano/error.js")),
    ("nano/inflate.js", include_str!("../../../clients/js/nano/inflate.js")),
    ("nano/json.js", include_str!("../../../clients/js/nano/json.js")),
    ("nano/kick.js", include_str!("../../../clients/js/nano/kick.js")),
    ("nano/pipeline.js", include_str!("../../../clients/js/nano/pipeline.js")),
    ("nano/session.js", include_str!("../../../clients/js/nano/session.js")),
    ("nano/socket.js", include_str!("../../../clients/js/nano/socket.js")),
    ("nano/text.js", include_str!("../../../clients/js/nano/text.js")),
];

/// Copies them, marked as generated.
pub(super) fn files(header: &str) -> impl Iterator<Item = OutputFile> {
    FILES.iter().map(move |(path, text)| OutputFile::new(*path, format!("{header}\n{text}")))
}

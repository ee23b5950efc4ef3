//! Files that commands write.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Outcome};

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Failure::file(path, error))
}

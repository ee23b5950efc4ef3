//! From a manifest to the files of a client.
//!
//! Emitters return files and do not write them: what to do with them is for the caller.

use std::path::PathBuf;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where, below the folder that was asked for.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

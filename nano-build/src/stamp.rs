//! The record of a run: the files that it read and wrote, so that the next one can end early.
//!
//! Most edits are inside of functions and change nothing that clients see. Cargo runs the build
//! script all the same; reading and parsing every file of the crate would take longer than
//! compiling the edit.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use nano_syntax::scan::skeleton;
use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::output::write_if_changed;

const FILE: &str = "nano-build.stamp";

/// The state of the files when all was up to date.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// The [`key`] of the run.
    key: u64,
    /// The Rust sources, in which the bodies of functions do not matter.
    sources: Vec<Source>,
    /// Other files that were read.
    inputs: Vec<Known>,
    /// Files that were written, or found to be right.
    outputs: Vec<Known>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    file: Known,
    skeleton: Option<u64>,
}

/// A file as it was, by time and length, as for Cargo.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    state: Option<(u64, u128)>,
}

impl Known {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), state: state(path) }
    }

    fn is_same(&self) -> bool {
        self.state.is_some() && self.state == state(&self.path)
    }
}

fn state(path: &Path) -> Option<(u64, u128)> {
    let meta = fs::metadata(path).ok()?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((meta.len(), modified.as_nanos()))
}

impl Stamp {
    /// Records the state of all files, after a run without errors.
    pub(crate) fn new(
        key: u64,
        sources: &[PathBuf],
        inputs: &[PathBuf],
        outputs: &[PathBuf],
    ) -> Self {
        let source = |path: &PathBuf| Source { file: Known::new(path), skeleton: bones(path) };
        Self {
            key,
            sources: sources.iter().map(source).collect(),
            inputs: inputs.iter().map(|path| Known::new(path)).collect(),
            outputs: outputs.iter().map(|path| Known::new(path)).collect(),
        }
    }

    /// Loads the stamp of the last run, if no file that it read or wrote has changed since, but for
    /// the bodies of functions.
    pub(crate) fn load(environment: &Environment, key: u64) -> Option<Self> {
        let text = fs::read_to_string(environment.out_dir.join(FILE)).ok()?;
        let mut stamp: Self = serde_json::from_str(&text).ok()?;
        let fixed = stamp.inputs.iter().chain(&stamp.outputs).all(Known::is_same);
        if stamp.key != key || !fixed {
            return None;
        }
        let mut is_touched = false;
        for source in &mut stamp.sources {
            if source.file.is_same() {
                continue;
            }
            // The state is taken first: a write between the two is noticed the next time.
            let file = Known::new(&source.file.path);
            if source.skeleton.is_none() || bones(&file.path) != source.skeleton {
                return None;
            }
            source.file = file;
            is_touched = true;
        }
        if is_touched {
            stamp.save(environment);
        }
        Some(stamp)
    }

    /// Saves the stamp for the next run.
    pub(crate) fn save(&self, environment: &Environment) {
        // Without a stamp the next run is only slower.
        if let Ok(text) = serde_json::to_string(self) {
            let _ = write_if_changed(&environment.out_dir.join(FILE), &text);
        }
    }

    /// All files whose change is a reason to run again.
    pub(crate) fn read(&self) -> impl Iterator<Item = &Path> {
        let sources = self.sources.iter().map(|source| &source.file);
        sources.chain(&self.inputs).map(|known| &*known.path)
    }
}

fn bones(path: &Path) -> Option<u64> {
    skeleton(&fs::read_to_string(path).ok()?)
}

/// Hashes the configuration, the build script itself and the conditions of a run.
pub(crate) fn key(config: &impl std::fmt::Debug, environment: &Environment) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{config:?}").hash(&mut hasher);
    environment.package.hash(&mut hasher);
    environment.root.hash(&mut hasher);
    environment.conditions.hash(&mut hasher);
    (environment.mode == crate::output::Mode::Check).hash(&mut hasher);
    env::current_exe().ok().and_then(|path| state(&path)).hash(&mut hasher);
    hasher.finish()
}

/// The latest time at which one of the files was changed.
pub(crate) fn newest(paths: &[PathBuf]) -> Option<SystemTime> {
    paths.iter().filter_map(|path| fs::metadata(path).ok()?.modified().ok()).max()
}

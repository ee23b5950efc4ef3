//! `cargo nano compat`: the changes of a new server for the clients of an old one.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use nano_build::compat::{Change, compare};
use nano_build::manifest::Manifest;

use crate::failure::{Failure, Outcome};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The manifest of the server that clients in use were made for
    old: PathBuf,
    /// The manifest of the new server
    new: PathBuf,
}

impl Options {
    /// Prints every change between two manifests; fails if one of them is breaking.
    pub(crate) fn run(self) -> Outcome {
        let changes = compare(&read(&self.old)?, &read(&self.new)?);
        // The verdict is told by the status, too: also to `| grep -q`, which reads no more than it needs.
        for change in &changes {
            if !output::offer(change.to_string().as_bytes()) {
                break;
            }
        }
        verdict(&changes)
    }
}

fn verdict(changes: &[Change]) -> Outcome {
    let breaking = changes.iter().filter(|change| change.breaking).count();
    match (breaking, changes.len()) {
        (0, 0) => output::line(b"no changes for clients in use"),
        (0, all) => output::line(format!("{all} harmless for clients in use").as_bytes()),
        (1, _) => return Err(Failure::refused("1 change breaks clients in use")),
        (_, _) => return Err(Failure::refused(format!("{breaking} changes break clients in use"))),
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<Manifest> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Manifest::from_json(&text).map_err(|problem| Failure::file(path, problem))
}

//! `cargo xtask compat`: the changes of a new server for the clients of an old one.

#[cfg(test)]
mod tests;

use std::fs;

use nano_build::compat::{Change, compare};
use nano_build::manifest::Manifest;

use crate::Outcome;

/// Prints every change between two manifests; fails if one of them is breaking.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let [old, new] = arguments else {
        return Err("usage: cargo xtask compat <old-manifest.json> <new-manifest.json>".to_owned());
    };
    let changes = compare(&read(old)?, &read(new)?);
    for change in &changes {
        println!("{change}");
    }
    verdict(&changes)
}

fn verdict(changes: &[Change]) -> Outcome {
    let breaking = changes.iter().filter(|change| change.breaking).count();
    match (breaking, changes.len()) {
        (0, 0) => println!("no changes for clients in use"),
        (0, all) => println!("{all} harmless for clients in use"),
        (1, _) => return Err("1 change breaks clients in use".to_owned()),
        (_, _) => return Err(format!("{breaking} changes break clients in use")),
    }
    Ok(())
}

fn read(path: &str) -> Result<Manifest, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Manifest::from_json(&text).map_err(|problem| format!("{path}: {problem}"))
}

//! `cargo xtask compat`: what a new server changes for the clients of an old one.

#[cfg(test)]
mod tests;

use std::fs;

use nano_build::compat::{Change, compare};
use nano_build::manifest::{FORMAT, Manifest};

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
    parse(&text).map_err(|problem| format!("{path}: {problem}"))
}

fn parse(text: &str) -> Result<Manifest, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("not a manifest: {error}"))?;
    // Before anything else: another format may look like any mistake.
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) if format > u64::from(FORMAT) => {
            return Err(format!(
                "its format is {format}, newer than {FORMAT}: use the xtask of the nano that wrote it"
            ));
        }
        Some(format) => {
            return Err(format!("its format is {format}, older than {FORMAT}: build it again"));
        }
        None => return Err("not a manifest: it has no `format`".to_owned()),
    }
    serde_json::from_str(text).map_err(|error| format!("not a manifest: {error}"))
}

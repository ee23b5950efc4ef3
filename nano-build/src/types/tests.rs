//! Tests of descriptions, from sources.

mod macros;
mod mapped;
mod refused;
mod shapes;
mod text;
mod truth;
mod wire;

use std::io;
use std::path::{Path, PathBuf};

use nano_syntax::scan::{CfgSet, Scan, scan};

use super::{Described, Direction, Options, Root, describe};

/// Reads crates whose files are given by path; each root is a `main.rs`.
fn scanned(files: &[(&str, &str)]) -> Scan {
    let roots: Vec<PathBuf> = files
        .iter()
        .map(|(path, _)| PathBuf::from(path))
        .filter(|path| path.ends_with("main.rs"))
        .collect();
    let read = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| (*text).to_owned()).ok_or(io::ErrorKind::NotFound.into())
    };
    scan(&roots, &CfgSet::new(), &read).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Describes the payloads and replies of the handlers of some crates.
fn described(scan: &Scan, mappings: &[(&str, &str)]) -> Result<Described, Vec<String>> {
    let mut options = Options::default();
    for (path, typescript) in mappings {
        options.mappings.insert(*path, (*typescript).to_owned());
    }
    let mut roots = Vec::new();
    for (krate, found) in scan.crates.iter().enumerate() {
        for handler in found.components.iter().flat_map(|component| &component.handlers) {
            let both = [(Direction::In, &handler.payload), (Direction::Out, &handler.reply)];
            for (direction, ty) in both {
                let file = &handler.at.file;
                roots.extend(ty.as_ref().map(|ty| Root { krate, direction, ty, file }));
            }
        }
    }
    describe(&scan.crates, &roots, &options)
}

/// A crate with one handler that has this signature; the types are on the lines before it.
fn source(types: &str, signature: &str) -> String {
    format!(
        "{types}\nstruct Room; #[nano::component] impl Room {{ #[handler] fn it(&self, {signature} {{}} }}"
    )
}

/// The description of a handler whose signature goes on with `signature`, as `it: Player) ->
/// Player`.
fn outcome(signature: &str, types: &str, mappings: &[(&str, &str)]) -> String {
    let source = source(types, signature);
    match described(&scanned(&[("main.rs", &source)]), mappings) {
        Ok(described) => text::of(&described),
        Err(problems) => problems.join("\n"),
    }
}

#[track_caller]
fn check(signature: &str, types: &str, expected: &str) {
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(outcome(signature, types, &[]), expected.join("\n"), "{signature} with {types}");
}

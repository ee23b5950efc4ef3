//! `cargo xtask release`: the conditions under which the packages could be published.

mod clone;
mod metadata;
mod msrv;
mod packages;
mod tools;

use serde_json::Value;

use crate::Outcome;
use crate::shell::{self, capture, cargo, headline};

use packages::Package;

const USAGE: &str = "usage: cargo xtask release [--check]

Without an option: the manifests and the files of the packages, in seconds.
--check: these, and all that takes minutes, on a clone of the last commit.";

/// Checks the packages, and with `--check` all that a release needs.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let all = match arguments {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => return Err(USAGE.to_owned()),
    };
    headline("Manifests");
    let metadata = metadata()?;
    let packages = packages::of(&metadata)?;
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    println!("in the order of publication: {}", names.join(", "));
    let problems = [metadata::problems(&packages), msrv::problems(&metadata)].concat();
    if !problems.is_empty() {
        return Err(problems.join("\n  "));
    }
    headline("Files");
    pack(&packages)?;
    check_locks()?;
    if all { clone::check(&packages) } else { Ok(()) }
}

/// All packages, those of the registry included, as Cargo describes them.
fn metadata() -> Result<Value, String> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--all-features"];
    let text = capture(&mut cargo(&arguments))?;
    serde_json::from_str(&text).map_err(|error| format!("the output of cargo metadata: {error}"))
}

/// The workspaces beside the main one, whose lock files no other command of a usual day reads.
const WORKSPACES: &[&str] = &["tests/databases/Cargo.toml", "tests/fuzz/Cargo.toml"];

/// Checks that the lock files follow the manifests. Nothing is downloaded but the registry's index.
fn check_locks() -> Outcome {
    for manifest in WORKSPACES {
        let update = ["update", "--workspace", "--locked", "--quiet", "--manifest-path", manifest];
        shell::run(&mut cargo(&update))?;
    }
    Ok(())
}

/// Packs the files as they are, without compiling them.
fn pack(packages: &[Package]) -> Outcome {
    let mut command = cargo(&["package", "--no-verify", "--allow-dirty", "--quiet"]);
    shell::run(command.args(packages::arguments(packages)))
}

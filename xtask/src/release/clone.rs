//! The steps that take minutes, on a clone of the last commit: nothing that is not committed can help them.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::shell::{self, cargo, headline, root};

use super::metadata;
use super::packages::{self, Package};
use super::tools::{DENY, HACK, Tool};

/// Runs every step; a step whose tool is missing is left out, and named at the end.
pub(super) fn check(packages: &[Package]) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| format!("a folder for the clone: {error}"))?;
    let clone = folder.path();
    headline("Clone of the last commit");
    let mut git = shell::command("git", &["clone", "--quiet", "--no-local", "--depth", "1"]);
    shell::run(git.arg(root()).arg(clone))?;
    let mut left_out = Vec::new();

    headline("Packages, each compiled from its own files");
    let mut package = at(clone, &["package", "--all-features"]);
    shell::run(package.args(packages::arguments(packages)))?;

    headline("Another name on the registry");
    rename(clone, "nano-renamed")?;
    shell::run(&mut at(clone, &["check", "--package", "example-tadpole"]))?;
    rename(clone, "nano")?;

    headline("The guide's code for databases");
    let databases = ["check", "--locked", "--manifest-path", "tests/databases/Cargo.toml"];
    shell::run(&mut at(clone, &databases))?;

    headline("Licences, advisories and sources of dependencies");
    with(&DENY, &mut left_out, || {
        shell::run(&mut at(clone, &["deny", "--all-features", "--workspace", "check"]))
    })?;

    headline("Each feature by itself");
    with(&HACK, &mut left_out, || {
        let each = ["hack", "check", "--each-feature", "--no-dev-deps"];
        shell::run(at(clone, &each).args(packages::arguments(packages)))
    })?;

    headline("The oldest versions of direct dependencies");
    oldest(clone, packages)?;

    headline("Open points");
    left_out.extend(metadata::open_points(packages));
    if left_out.is_empty() {
        println!("none");
        return Ok(());
    }
    Err(format!("everything else passed; left:\n  {}", left_out.join("\n  ")))
}

/// A Cargo command in the clone, which compiles into the folder of this repository: most of it is there already.
fn at(clone: &Path, arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.current_dir(clone).env("CARGO_TARGET_DIR", target());
    command
}

fn target() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into)
}

fn with(tool: &Tool, left_out: &mut Vec<String>, step: impl FnOnce() -> Outcome) -> Outcome {
    match tool.missing() {
        Some(line) => {
            println!("{line}");
            left_out.push(line);
            Ok(())
        }
        None => step(),
    }
}

/// Gives the package `nano` another name, by the two lines that a publisher would change.
fn rename(clone: &Path, name: &str) -> Outcome {
    for (file, key) in [("nano/Cargo.toml", "name = "), ("Cargo.toml", "nano = { package = ")] {
        let path = clone.join(file);
        let fault = |error| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(&path).map_err(fault)?;
        let renamed = renamed(&text, key, name)
            .ok_or_else(|| format!("{file} has no line that begins with `{key}\"`"))?;
        std::fs::write(&path, renamed).map_err(fault)?;
    }
    Ok(())
}

/// Replaces the text in quotes behind the first line that begins with `key`.
fn renamed(text: &str, key: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(&format!("{key}\"")))?;
    let (_, rest) = line[key.len() + 1..].split_once('"')?;
    Some(text.replacen(line, &format!("{key}\"{name}\"{rest}"), 1))
}

/// Checks the libraries with the oldest versions that their manifests accept. What these need in turn is as new as ever:
/// the oldest of all were never meant to work together.
fn oldest(clone: &Path, packages: &[Package]) -> Outcome {
    // The option is not stable; this makes the installed Cargo accept it.
    let unstable = |command: &mut Command| shell::run(command.env("RUSTC_BOOTSTRAP", "1"));
    unstable(&mut at(clone, &["update", "-Z", "direct-minimal-versions"]))?;
    let check = ["check", "--all-features"];
    shell::run(at(clone, &check).args(packages::arguments(packages)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_renamed_by_one_line_of_each_manifest() {
        for (file, key, expected) in [
            ("nano/Cargo.toml", "name = ", "\nname = \"other\"\n"),
            ("Cargo.toml", "nano = { package = ", "\nnano = { package = \"other\", path = "),
        ] {
            let text = std::fs::read_to_string(root().join(file)).expect("a manifest");
            let renamed = renamed(&text, key, "other").expect("the line");
            assert!(renamed.contains(expected), "{file}");
            assert_eq!(renamed.lines().count(), text.lines().count(), "{file}");
        }
    }
}

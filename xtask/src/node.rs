//! Node.js and the npm packages of the end-to-end tests.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::shell::{capture, command, find_program, run};

const OLDEST: u32 = 20;

/// A command of Node.js in the root of the repository.
pub(crate) fn node(arguments: &[&str]) -> Command {
    command("node", arguments)
}

/// Fails unless there are a recent Node.js and npm.
pub(crate) fn check() -> Outcome {
    let needed = format!("the end-to-end tests need Node.js {OLDEST} or newer, with npm");
    if find_program(&["node"]).is_none() || find_program(&["npm"]).is_none() {
        return Err(format!("{needed}: node or npm is not in PATH"));
    }
    let version = capture(&mut node(&["--version"]))?;
    print!("node: {version}");
    match major(&version) {
        Some(major) if major >= OLDEST => Ok(()),
        _ => Err(format!("{needed}: found {}", version.trim())),
    }
}

/// Returns the major number of a version like `v20.1.0`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs the packages of the lock file, unless that has been done since it last changed.
pub(crate) fn install_packages(tests: &Path) -> Outcome {
    let lock = fs::read(tests.join("package-lock.json"))
        .map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = tests.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    // Native add-ons of an old package would be compiled by install scripts; it works without.
    let mut npm = command("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run(npm.current_dir(tests))?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_numbers_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9"), Some(9));
        assert_eq!(major("20.1.0"), None);
        assert_eq!(major(""), None);
    }
}

//! The peers on Node.js, whose programs and packages are in the folder `peers` of this package.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// The command that runs a program of the folder.
pub(crate) fn command(program: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(Path::new(FOLDER).join(program)).env("NODE_ENV", "production");
    node
}

/// Becomes a program of the folder, which keeps the core and the id of this process.
pub(super) fn become_program(program: &str) -> Result<()> {
    Err(command(program).exec()).context("cannot run Node.js")
}

/// The version of Node.js, or why its peers cannot run.
pub(crate) fn version() -> Result<String, String> {
    let output = Command::new("node").arg("--version").stderr(Stdio::null()).output();
    let version = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    let Some(version) = version.and_then(|version| String::from_utf8(version).ok()) else {
        return Err("Node.js is not installed".to_owned());
    };
    if !Path::new(FOLDER).join("node_modules").is_dir() {
        return Err(format!("run `npm ci --ignore-scripts` in {FOLDER} first"));
    }
    Ok(version.trim().to_owned())
}

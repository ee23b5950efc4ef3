//! `cargo xtask go-nano`: nodes of Go nano itself beside nodes of this framework, in one cluster.

use std::path::PathBuf;

use crate::Outcome;
use crate::shell::{cargo_test, command, find_program, headline, root, run as run_command};

/// Where the packages of go.dev put it, which is often not in `PATH`.
const INSTALLED: &str = "/usr/local/go/bin/go";

/// Builds the node in `tests/go`, and runs the tests that need it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    let installed = || Some(PathBuf::from(INSTALLED)).filter(|path| path.is_file());
    let go = find_program(&["go"])
        .or_else(installed)
        .ok_or("Go is needed, and is not installed: see https://go.dev/dl")?;
    let work = tempfile::tempdir().map_err(|error| format!("a folder for the node: {error}"))?;
    let node = work.path().join("node");
    headline("A node of Go nano");
    let build = ["build", "-o"].map(str::as_ref).into_iter().chain([node.as_os_str()]);
    run_command(command(go, &[]).args(build).current_dir(root().join("tests/go")))?;
    headline("Nodes of both kinds");
    let mut test = cargo_test("it");
    test.args(["cluster::go::live", "--ignored", "--test-threads", "1"]);
    run_command(test.env("NANO_TEST_GO_NODE", node))
}

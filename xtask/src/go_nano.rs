//! `cargo xtask go-nano`: nodes of Go nano itself beside nodes of this framework, in one cluster.

use crate::shell::{cargo_test, headline, run as run_command};
use crate::{Outcome, go};

/// Builds the node in `tests/go`, and runs the tests that need it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    headline("Nodes of Go nano");
    let work = tempfile::tempdir().map_err(|error| format!("a folder for the node: {error}"))?;
    let node = work.path().join("node");
    if let Err(reason) = go::build("tests/go", &node)? {
        println!("SKIPPED: {reason}; so nothing shows that nodes of Go nano understand nano");
        return Ok(());
    }
    let mut test = cargo_test("it");
    test.args(["cluster::go::live", "--ignored", "--test-threads", "1"]);
    run_command(test.env("NANO_TEST_GO_NODE", node))
}

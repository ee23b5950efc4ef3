//! `cargo xtask kcp`: connections over KCP with kcp-go, the implementation that most games have.

use crate::shell::{cargo_test, headline, run as run_command};
use crate::{Outcome, go};

/// Builds the Go program of `tests/kcp`, and runs the tests that need it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    headline("KCP with kcp-go");
    let work = tempfile::tempdir().map_err(|error| format!("a folder for the program: {error}"))?;
    let program = work.path().join("kcp");
    if let Err(reason) = go::build("tests/kcp", &program)? {
        println!("SKIPPED: {reason}; so nothing shows that kcp-go understands nano");
        return Ok(());
    }
    run_command(
        cargo_test("it").args(["runtime::kcp::go", "--ignored"]).env("NANO_KCP_GO", &program),
    )
}

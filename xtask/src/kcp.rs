//! `cargo xtask kcp`: connections over KCP with kcp-go, the implementation that most games have.

use crate::Outcome;
use crate::shell::{cargo_test, command, find_program, headline, root, run as run_command};

/// Builds the Go program of `tests/kcp`, and runs the tests that need it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    headline("KCP with kcp-go");
    let Some(go) = find_program(&["go"]) else {
        println!("SKIPPED: go is not in PATH, so nothing shows that kcp-go understands nano");
        return Ok(());
    };
    let mut download = command(&go, &["mod", "download"]);
    if let Err(error) = run_command(download.current_dir(root().join("tests/kcp"))) {
        println!(
            "SKIPPED: kcp-go cannot be downloaded ({error}), so nothing shows that it understands nano"
        );
        return Ok(());
    }
    let work = tempfile::tempdir().map_err(|error| format!("a folder for the program: {error}"))?;
    let program = work.path().join("kcp");
    let mut build = command(go, &["build", "-o"]);
    run_command(build.arg(&program).arg(".").current_dir(root().join("tests/kcp")))?;
    run_command(
        cargo_test("it").args(["runtime::kcp::go", "--ignored"]).env("NANO_KCP_GO", &program),
    )
}

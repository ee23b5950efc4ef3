//! `cargo xtask ci`: everything that has to hold before a merge.

use crate::shell::{self, cargo, headline};
use crate::{Outcome, e2e};

/// Runs every check; the first that fails ends the run.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    headline("Formatting");
    shell::run(&mut cargo(&["fmt", "--all", "--", "--check"]))?;
    headline("Lints");
    shell::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))?;
    headline("Documentation");
    shell::run(
        cargo(&["doc", "--workspace", "--no-deps", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    headline("Tests");
    shell::run(&mut cargo(&["test", "--workspace"]))?;
    headline("Generated code");
    crate::run_codegen(&["--check".into()])?;
    e2e::run(&[])
}

//! `cargo xtask ci`: all checks that have to pass before a merge.

use crate::programs::Programs;
use crate::shell::{self, cargo, headline};
use crate::{Outcome, bench, cluster, codegen, e2e, go_nano, kcp, loom, peers, release, sim, soak};

/// Runs every check; the first that fails ends the run.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    headline("Formatting");
    shell::run(&mut cargo(&["fmt", "--all", "--", "--check"]))?;
    // Any other build would bring outdated files up to date.
    headline("Generated code");
    Programs::build(&["--features", "typed-json/old"])?;
    Programs::build(&[])?;
    codegen::run(&["--check".to_owned()])?;
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
    // As most users have it: a warning of a path dependency is theirs to see.
    for package in ["nano", "cargo-nano"] {
        shell::run(&mut cargo(&["clippy", "--package", package, "--", "-D", "warnings"]))?;
    }
    headline("Documentation");
    shell::run(
        cargo(&["doc", "--workspace", "--no-deps", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    release::run(&[])?;
    headline("Tests");
    shell::run(&mut cargo(&["test", "--workspace"]))?;
    kcp::run(&[])?;
    headline("Cluster");
    cluster::run(&[])?;
    go_nano::run(&[])?;
    headline("Other frameworks");
    peers::run(&[])?;
    headline("Speed");
    bench::run(&["--quick".to_owned()])?;
    headline("Models");
    loom::run(&[])?;
    headline("Simulation");
    sim::run(&["--seeds", "200", "--twice", "10"].map(str::to_owned))?;
    sim::run(&["--mutants".to_owned()])?;
    headline("Soak");
    soak::run(&["--sessions", "400", "--minutes", "0.5"].map(str::to_owned))?;
    soak::run(&["--sessions", "200", "--minutes", "0.1", "--plain"].map(str::to_owned))?;
    e2e::run(&[])
}

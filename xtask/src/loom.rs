//! `cargo xtask loom`: the models of what crosses threads, in all of their interleavings.

use crate::Outcome;
use crate::shell::{self, cargo};

/// Runs the models, or those whose names contain an argument.
///
/// nano has a cfg of its own for them: with `--cfg loom` tokio would leave out what nano is built on. All is built in a
/// folder of its own, so that other builds do not begin anew.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let filter = match arguments {
        [] => "model::",
        [filter] => filter,
        [_, other, ..] => return Err(format!("unknown argument {other}")),
    };
    let test = ["test", "--package", "nano", "--lib", "--target-dir", "target/loom", filter];
    shell::run(cargo(&test).env("RUSTFLAGS", "--cfg nano_loom"))
}

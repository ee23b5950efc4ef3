//! `cargo xtask soak`: thousands of clients against a server, each of which checks what it receives.

use crate::Outcome;
use crate::shell::{self, cargo};

/// Builds the clients and the server with optimization, and runs them. The arguments are those of `nano-soak`.
///
/// With `--cfg <fault>` the library itself has a fault that the run has to find; it is built in a folder of its own.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let mut build = ["run", "--quiet", "--release", "--package", "nano-soak"].to_vec();
    let (planted, rest) = match arguments {
        [option, fault, rest @ ..] if option == "--cfg" => (Some(fault), rest),
        _ => (None, arguments),
    };
    if planted.is_some() {
        build.extend(["--target-dir", "target/planted"]);
    }
    let mut command = cargo(&build);
    if let Some(fault) = planted {
        command.env("RUSTFLAGS", format!("--cfg nano_planted=\"{fault}\""));
    }
    shell::run(command.arg("--").args(rest))
}

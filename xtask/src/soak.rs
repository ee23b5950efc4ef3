//! `cargo xtask soak`: thousands of clients against a server, each of which checks what it receives.

use crate::Outcome;
use crate::programs::Programs;
use crate::shell;

/// Builds the clients and the server with optimization, and runs them. The arguments are those of `nano-soak`.
///
/// With `--cfg <fault>` the library itself has a fault that the run has to find; it is built in a folder of its own.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (planted, rest) = match arguments {
        [option, fault, rest @ ..] if option == "--cfg" => (Some(fault), rest),
        _ => (None, arguments),
    };
    let programs = match planted {
        Some(fault) => {
            let flags = format!("--cfg nano_planted=\"{fault}\"");
            Programs::optimized(&["--target-dir", "target/planted"], Some(&flags))?
        }
        None => Programs::optimized(&[], None)?,
    };
    shell::run(shell::command(programs.path("nano-soak")?, &[]).args(rest))
}

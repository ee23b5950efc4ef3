//! `cargo nano`: the command for nano game servers.

mod call;
mod cert;
mod cli;
mod compat;
mod duration;
mod export_client;
mod failure;
mod files;
mod json;
mod load;
mod new;
mod output;
mod repl;
mod schema;
mod server;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse_from(arguments()).run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// The arguments, without the name of the subcommand that cargo puts in front of them: `cargo nano new` runs
/// `cargo-nano nano new`.
fn arguments() -> impl Iterator<Item = std::ffi::OsString> {
    let mut arguments = std::env::args_os();
    let program = arguments.next();
    let mut rest = arguments.peekable();
    rest.next_if(|first| first == "nano");
    program.into_iter().chain(rest)
}

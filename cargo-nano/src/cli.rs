//! The command line.

use clap::{Parser, Subcommand};

use crate::failure::Outcome;
use crate::{call, cert, compat, export_client, load, new, repl};

/// The command for nano game servers.
#[derive(Debug, Parser)]
#[command(name = "cargo-nano", bin_name = "cargo nano", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a project that builds, has tests, and opens a page
    New(new::Options),
    /// Sends one message to a server, and prints the reply
    Call(call::Options),
    /// Opens a console on one connection to a server
    Repl(repl::Options),
    /// Puts a server under load by robots, and reports the times of its replies
    Load(load::Options),
    /// Lists the changes of a new server for the clients of an old one
    Compat(compat::Options),
    /// Writes the JavaScript client of a server as an npm package
    ExportClient(export_client::Options),
    /// Makes certificates: an authority, and what it signs for servers, nodes and clients
    #[command(subcommand)]
    Cert(cert::Command),
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> Outcome {
        match self.command {
            Command::New(options) => options.run(),
            Command::Call(options) => options.run(),
            Command::Repl(options) => options.run(),
            Command::Load(options) => options.run(),
            Command::Compat(options) => options.run(),
            Command::ExportClient(options) => options.run(),
            Command::Cert(command) => command.run(),
        }
    }
}

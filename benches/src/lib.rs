//! A load generator for servers that speak the nano wire, and the servers that it compares.
//!
//! The command measures one scenario with several peers, in interleaved rounds: each round starts each
//! peer as a process of its own on one core, loads it from another core, and ends it. The load generator is
//! a library, too: see [`generator`].

pub mod generator;

mod certificate;
mod cli;
mod collection;
mod machine;
mod peers;
mod plot;
mod process;
mod procfs;
mod report;
mod rounds;
mod scenarios;
mod stats;
mod transport;

pub use cli::Cli;
pub use transport::Transport;

//! A load generator for servers that speak the nano wire, and the servers that it compares.
//!
//! The command measures one scenario with several peers, in interleaved rounds: each round starts each
//! peer as a process of its own on one core, loads it from another core, and ends it. The load generator is
//! a library, too: see [`generator`].

pub mod generator;

#[cfg(feature = "scenarios")]
mod certificate;
#[cfg(feature = "scenarios")]
mod cli;
#[cfg(feature = "scenarios")]
mod collection;
#[cfg(feature = "scenarios")]
mod machine;
#[cfg(feature = "scenarios")]
mod peers;
#[cfg(feature = "scenarios")]
mod plot;
#[cfg(feature = "scenarios")]
mod process;
#[cfg(feature = "scenarios")]
mod procfs;
#[cfg(feature = "scenarios")]
mod report;
#[cfg(feature = "scenarios")]
mod rounds;
#[cfg(feature = "scenarios")]
mod scenarios;
#[cfg(feature = "scenarios")]
mod stats;
mod transport;

#[cfg(feature = "scenarios")]
pub use cli::Cli;
pub use transport::Transport;

//! The command line.

use clap::{Parser, ValueEnum};

/// The whole game in one process, or with --role one node of it.
#[derive(Debug, Parser)]
pub struct Options {
    /// Where the page is served
    #[arg(default_value = "127.0.0.1:3250")]
    pub listen: String,
    /// What the node is
    #[arg(long, value_enum)]
    pub role: Option<Role>,
    /// The name of the node, which no other one has
    #[arg(long, requires = "role")]
    name: Option<String>,
    /// Where other nodes reach this one
    #[arg(long, requires = "role", default_value = "127.0.0.1:0")]
    pub cluster: String,
    /// Where the master is; a node without it is the master
    #[arg(long, requires = "role", value_name = "ADDRESS")]
    pub join: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Takes the pages
    Gate,
    /// Has rooms
    Backend,
}

impl Options {
    /// The name of the node: one of its own, unless one is given.
    pub fn name(&self) -> String {
        let own = || format!("node-{}", std::process::id());
        self.name.clone().unwrap_or_else(own)
    }
}

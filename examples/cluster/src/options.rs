//! The command line: of the whole cluster, or of one node.

use std::net::SocketAddr;

use clap::{Parser, ValueEnum};

/// A chat on several nodes. Without --role, two gates and two backends are started, each in a process of its own.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Options {
    /// What to be: one node, in place of all
    #[arg(long, value_enum)]
    pub(crate) role: Option<Role>,
    /// The name of the node, which no other one has
    #[arg(long, requires = "role")]
    pub(crate) name: Option<String>,
    /// The address of the master; without it, the node is the master
    #[arg(long, requires = "role")]
    pub(crate) join: Option<String>,
    /// Where other nodes reach this one
    #[arg(long, requires = "role", default_value = "127.0.0.1:0")]
    pub(crate) cluster: String,
    /// Where a gate serves the page and its WebSocket; for all nodes, where the first gate does
    #[arg(long, default_value = "127.0.0.1:3300")]
    pub(crate) listen: SocketAddr,
    /// The other nodes can be reached by machines that are not theirs, and there is no TLS between them
    #[arg(long, requires = "role")]
    pub(crate) trusted_network: bool,
    /// End when the standard input does: the process that has started this one is gone
    #[arg(long, requires = "role", hide = true)]
    pub(crate) with_input: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Takes the pages
    Gate,
    /// Has rooms
    Backend,
}

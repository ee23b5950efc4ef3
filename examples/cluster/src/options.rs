//! The command line: of the whole cluster, or of one node.

use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// The address of the master; without it and --etcd, the node is the master
    #[arg(long, requires = "role")]
    pub(crate) join: Option<String>,
    /// The members of etcd, which keeps the list of nodes in place of a master, with commas between them
    #[arg(
        long,
        requires = "role",
        conflicts_with = "join",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub(crate) etcd: Vec<String>,
    /// Where the node listens for other nodes
    #[arg(long, requires = "role", default_value = "127.0.0.1:0")]
    pub(crate) cluster: String,
    /// Where other nodes reach this one, if not there: behind NAT, in a container
    #[arg(long, requires = "role", value_name = "ADDRESS")]
    pub(crate) advertise: Option<String>,
    /// Where a gate serves the page and its WebSocket; for all nodes, where the first gate does
    #[arg(long, default_value = "127.0.0.1:3300")]
    pub(crate) listen: SocketAddr,
    /// The folder with ca.pem, node.pem and node.key, for TLS between the nodes
    #[arg(long, requires = "role", value_name = "FOLDER")]
    pub(crate) certs: Option<PathBuf>,
    /// Nobody but the nodes is in their network, and there is no TLS between them
    #[arg(long, requires = "role", conflicts_with = "certs")]
    pub(crate) trusted_network: bool,
    /// Where the admin page and the health checks are served; ADMIN_TOKEN, a variable of the environment, has the token that
    /// the page asks for
    #[arg(long, requires = "role", value_name = "ADDRESS")]
    pub(crate) admin: Option<SocketAddr>,
    /// The seconds over which clients leave after SIGTERM
    #[arg(long, requires = "role", value_name = "SECONDS", default_value_t = 5)]
    pub(crate) drain: u64,
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

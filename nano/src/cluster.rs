//! The nodes of a cluster: links to other nodes, and what travels over them.
//!
//! A [`Node`] is this node among the others. Its `Gate` forwards messages of this node's clients; a `Proxy` stands
//! here for a session of another node's client. Both use the `Link` of a `Peer`, which knows no sockets: `transport`
//! makes a stream of frames of it.

mod called;
mod callers;
mod calls;
mod carried;
mod choice;
mod config;
mod end;
mod frames;
mod gate;
mod link;
mod linked;
mod manifest;
mod names;
mod node;
mod peer;
mod proxy;
mod queue;
mod received;
mod remote;
mod rendezvous;
mod route;
mod sessions;
#[cfg(all(test, feature = "testing"))]
pub(crate) mod tests;
mod transport;

pub use choice::Candidate;
pub use config::Cluster;
pub(crate) use node::{Bound, Node};
pub(crate) use transport::start;

//! The nodes of a cluster: links to other nodes, and what travels over them.
//!
//! A [`Node`] is this node among the others. A [`Registry`] says which nodes there are, and `membership` keeps this one
//! among them; the `master` is a registry in the memory of one node. The `Gate` of a node forwards messages of this node's clients; a `Proxy` stands
//! here for a session of another node's client. Both use the `Link` of a `Peer`, which knows no sockets: `transport`
//! makes a stream of frames of it.

mod accept;
mod bound;
mod called;
mod callers;
mod calls;
mod carried;
mod changes;
mod choice;
mod choosing;
mod claiming;
mod claims;
mod codes;
mod config;
mod crossing;
mod derived;
mod end;
mod entries;
#[cfg(feature = "etcd")]
mod etcd;
mod events;
pub(crate) mod exports;
mod finding;
mod fixed;
mod frames;
mod gate;
mod go;
mod holding;
mod inbox;
mod incoming;
mod lease;
mod leaving;
mod link;
mod linked;
mod listing;
mod load;
mod lookup;
mod losing;
mod loss;
mod manifest;
mod master;
#[cfg(feature = "testing")]
mod meeting;
mod membership;
mod named;
mod names;
mod node;
mod own;
mod peer;
mod peers;
#[cfg(all(test, feature = "testing"))]
mod planted;
mod protocol;
mod proxy;
mod queue;
mod received;
mod record;
mod registry;
mod remote;
mod rendezvous;
mod route;
mod sending;
mod sessions;
#[cfg(all(test, feature = "testing"))]
mod sim;
mod small;
mod sockets;
mod standing;
mod strangers;
mod telling;
#[cfg(all(test, feature = "testing"))]
pub(crate) mod tests;
mod tls;
mod transport;
mod travels;
mod untold;
mod users;
mod way;
mod witness;

pub(crate) use bound::Bound;
pub(crate) use membership::start;
pub(crate) use node::Node;

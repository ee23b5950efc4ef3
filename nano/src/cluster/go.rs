//! Nodes of Go nano: their protocol, and what this node is to them.
//!
//! A node of Go nano is a `Peer` with a link, as any other. Nobody reads that link's frames but a task of this node (`peer`), which makes calls of
//! them (`client`); what the other node calls (`backend`) is put where the frames of links go. So gates, proxies and calls of components know
//! nothing of Go nano. Its nodes come into the views of this node by `members`, which a master (`master`, `roster`) or the registration at one
//! (`member`, `superior`) fills.

mod backend;
mod client;
mod convert;
mod guard;
mod hub;
mod master;
mod member;
mod members;
mod network;
mod pairs;
mod peer;
mod presence;
mod relayed;
mod roster;
mod settings;
mod superior;
mod wire;
mod work;

pub(super) use backend::service as backend;
pub(super) use hub::Hub;
pub(super) use master::service as master;
pub(super) use member::keep as keep_registered;
pub(super) use peer::attach;
pub(super) use presence::Presence;
pub use settings::GoNano;

//! Nodes in network namespaces, between which packets are dropped.

mod cut;
mod net;
mod split;

//! Nodes in a simulated network, which loses, holds and cuts what they send.

mod chaos;
mod faults;
mod world;

//! Nodes in a simulated network, which loses, holds and cuts what they send.

mod chaos;
mod dice;
mod echo;
mod faults;
pub(super) mod observe;
mod players;
mod stage;
mod traps;
mod world;

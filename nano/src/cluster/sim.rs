//! Nodes in a simulated network, which loses, holds and cuts what they send.

mod chaos;
mod dice;
mod echo;
mod faults;
mod leases;
mod logins;
mod network;
pub(super) mod observe;
mod players;
mod seats;
mod seeds;
mod settled;
mod stage;
mod tables;
mod traps;
mod users;
mod world;

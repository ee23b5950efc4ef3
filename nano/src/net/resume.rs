//! The return of clients to their sessions: a lost session waits for another connection.

mod options;
mod parked;
mod seat;
mod tokens;

pub use options::Resume;
pub(super) use parked::{Lost, Parked};
pub(super) use seat::{Claim, Claimed, Seat};
pub(super) use tokens::Tokens;

//! The seat of a connection's session, which may outlive the connection.

use std::sync::Arc;

use crate::net::resume::{Claim, Lost, Seat};
use crate::wire::handshake::Hello;
use crate::wire::ring::Ring;

/// The seat of a connection's session.
pub(super) enum Seating {
    /// The session ends with the connection.
    None,
    /// The connection waits for the session that its client comes back to.
    Claiming(Box<Claiming>),
    /// The session outlives the connection.
    Seated(Box<Seated>),
}

/// The wait for an earlier session, which another connection may still have.
pub(super) struct Claiming {
    pub(super) claim: Claim<Lost>,
    pub(super) hello: Hello,
    /// The number of data packets that the client took in.
    pub(super) received: u64,
}

/// A session that outlives its connection.
pub(super) struct Seated {
    pub(super) seat: Arc<Seat<Lost>>,
    /// The data packets that were sent.
    pub(super) sent: Ring,
    /// The number of data packets that were taken in.
    pub(super) received: u64,
    /// The connection is one that the client came back over.
    pub(super) is_back: bool,
    /// The connection is lost.
    pub(super) is_lost: bool,
}

impl Seated {
    /// Notes that the session ends with this connection.
    pub(super) fn end(&self) {
        self.seat.end();
    }
}

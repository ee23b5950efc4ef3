//! The state of a session that outlives its connections.

use std::time::Duration;

use serde_json::Value;

use crate::wire::ring::Ring;

use super::dial::Dial;
use super::handshake::Offer;

/// The packets that are kept until it is known whether the server has them, in number and in bytes.
const KEPT: (usize, usize) = (256, 64 * 1024);

/// The state of a session that outlives its connections.
pub(super) struct Resume<T> {
    pub(super) offer: Offer,
    pub(super) dial: Dial<T>,
    /// The handshake of the first connection without the `user`: if the session is gone, nobody is to be logged in.
    pub(super) request: Value,
    pub(super) handshake_timeout: Duration,
    /// The number of data packets that were taken in.
    pub(super) received: u64,
    pub(super) sent: Ring,
}

impl<T> Resume<T> {
    pub(super) fn new(
        offer: Offer,
        dial: Dial<T>,
        mut request: Value,
        handshake_timeout: Duration,
    ) -> Self {
        if let Some(request) = request.as_object_mut() {
            request.remove("user");
        }
        let sent = Ring::new(KEPT.0, KEPT.1);
        Self { offer, dial, request, handshake_timeout, received: 0, sent }
    }
}

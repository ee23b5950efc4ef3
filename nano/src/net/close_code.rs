//! The codes in the close of a WebSocket: those of a session's end, and those of a peer's faults.

pub(super) use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::codec::{MessageError, PacketError};
use crate::dispatch::Violation;
use crate::session::CloseReason;
use crate::wire::dialect::Family;

/// Something that a peer sent against the rules: of WebSocket, of packets, or of messages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(super) code: CloseCode,
    pub(super) detail: String,
}

impl Fault {
    /// Creates a fault against the order or the form that the protocol demands.
    pub(super) fn protocol(detail: impl Into<String>) -> Self {
        Self { code: CloseCode::Protocol, detail: detail.into() }
    }
}

impl From<PacketError> for Fault {
    fn from(error: PacketError) -> Self {
        let code = match error {
            PacketError::TooLong { .. } => CloseCode::Size,
            // Bytes that are no packets at all.
            _ => CloseCode::Unsupported,
        };
        Self { code, detail: error.to_string() }
    }
}

impl From<MessageError> for Fault {
    fn from(error: MessageError) -> Self {
        Self { code: CloseCode::Invalid, detail: error.to_string() }
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        match violation {
            Violation::Malformed(error) => error.into(),
            Violation::Forbidden(detail) => Self::protocol(detail),
        }
    }
}

/// Returns the code for the end of a session with a client of this family. `fault` is that of the peer's fault, if one
/// was the reason.
///
/// Only native clients receive a code above 1011: the `ws` of pomelo's client for Node.js throws at one, which ends its
/// process, and .NET's client takes it for a broken protocol.
pub(super) fn close_code(reason: &CloseReason, family: Family, fault: CloseCode) -> CloseCode {
    match reason {
        CloseReason::Closed | CloseReason::Disconnected => CloseCode::Normal,
        CloseReason::Kicked(_)
        | CloseReason::Replaced
        | CloseReason::HandshakeRefused
        | CloseReason::RateLimited => CloseCode::Policy,
        CloseReason::Protocol(_) => fault,
        CloseReason::Drain { .. } | CloseReason::NodeLost | CloseReason::Shutdown => {
            CloseCode::Away
        }
        // The client was too slow to read, to answer or to begin, or found no room, and may try again.
        CloseReason::SlowConsumer
        | CloseReason::HeartbeatTimeout
        | CloseReason::HandshakeTimeout
        | CloseReason::Full => match family {
            Family::Native => CloseCode::Again,
            Family::Nano | Family::Pitaya => CloseCode::Away,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_reason_has_its_code() {
        for (reason, stock, native) in [
            (CloseReason::Closed, 1000, 1000),
            (CloseReason::Disconnected, 1000, 1000),
            (CloseReason::Drain { reconnect_in: Duration::ZERO }, 1001, 1001),
            (CloseReason::Shutdown, 1001, 1001),
            (CloseReason::Protocol("why".into()), 1009, 1009),
            (CloseReason::Kicked("bye".into()), 1008, 1008),
            (CloseReason::Replaced, 1008, 1008),
            (CloseReason::HandshakeRefused, 1008, 1008),
            (CloseReason::HandshakeTimeout, 1001, 1013),
            (CloseReason::HeartbeatTimeout, 1001, 1013),
            (CloseReason::SlowConsumer, 1001, 1013),
            (CloseReason::Full, 1001, 1013),
            (CloseReason::RateLimited, 1008, 1008),
        ] {
            let code = |family| u16::from(close_code(&reason, family, CloseCode::Size));
            let codes = [Family::Nano, Family::Pitaya, Family::Native].map(code);
            assert_eq!(codes, [stock, stock, native], "{reason}");
        }
    }
}

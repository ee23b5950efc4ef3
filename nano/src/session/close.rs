//! The reasons for the end of a session.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The reason why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The client went away: it closed the connection, or the connection broke.
    Disconnected,
    /// The application called [`Session::close`](crate::Session::close).
    Closed,
    /// The application called [`Session::kick`](crate::Session::kick), with this reason.
    Kicked(Arc<str>),
    /// The client sent something that the protocol does not allow.
    Protocol(Arc<str>),
    /// The server refused the client's handshake.
    HandshakeRefused,
    /// The client did not complete the handshake in time.
    HandshakeTimeout,
    /// Nothing came from the client for two heartbeat intervals and a second.
    HeartbeatTimeout,
    /// The client reads more slowly than it is sent to.
    SlowConsumer,
    /// The app is shutting down.
    Shutdown,
}

impl CloseReason {
    /// Returns the reason in the client's kick; `None` when it gets no kick.
    pub(crate) fn kick_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            // The refusal itself says it.
            Self::Disconnected | Self::Closed | Self::HandshakeRefused => return None,
            Self::Kicked(reason) => Cow::Borrowed(reason),
            Self::Protocol(detail) => Cow::Owned(format!("protocol_error: {detail}")),
            Self::HandshakeTimeout => "handshake_timeout".into(),
            Self::HeartbeatTimeout => "heartbeat_timeout".into(),
            Self::SlowConsumer => "slow_consumer".into(),
            Self::Shutdown => "shutdown".into(),
        })
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnected => f.write_str("disconnected"),
            Self::Closed => f.write_str("closed"),
            Self::HandshakeRefused => f.write_str("handshake_refused"),
            other => f.write_str(&other.kick_text().unwrap_or_default()),
        }
    }
}

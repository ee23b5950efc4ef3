//! The reasons for the end of a connection.

use std::fmt;

/// The reason for the end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The server closed the connection with a kick.
    Kicked {
        /// The reason in the kick.
        reason: String,
    },
    /// This side closed the connection, or dropped its last [`Client`](super::Client).
    Closed,
    /// The connection failed, or the server closed it without a kick or fell silent.
    Lost,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kicked { reason } => write!(f, "kicked by the server: {reason}"),
            Self::Closed => f.write_str("closed by this side"),
            Self::Lost => f.write_str("lost"),
        }
    }
}

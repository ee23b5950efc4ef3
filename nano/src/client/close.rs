//! The reasons for the end of a connection.

use std::fmt;

/// Why a connection has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The server closed it and said why.
    Kicked {
        /// What the server said.
        reason: String,
    },
    /// This side closed it, or dropped its last [`Client`](super::Client).
    Closed,
    /// It failed, the server closed it without a word, or fell silent.
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

//! The reasons for the end of a connection.

use std::fmt;
use std::time::Duration;

use super::kick::Kick;
use crate::random;

/// The longest time in milliseconds that is added to the wait before a client connects again, so that clients that
/// were sent away together do not come back together.
const JITTER: u64 = 500;

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
    /// This side closed the connection, because the server broke the protocol.
    Broken {
        /// The fault of the server.
        fault: String,
    },
    /// The connection failed, or the server closed it without a kick or fell silent.
    Lost,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kicked { reason } => write!(f, "kicked by the server: {reason}"),
            Self::Closed => f.write_str("closed by this side"),
            Self::Broken { fault } => write!(f, "the server broke the protocol: {fault}"),
            Self::Lost => f.write_str("lost"),
        }
    }
}

/// The end of a connection.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) reason: CloseReason,
    /// The wait before connecting again, jitter included; `None` when the end is final.
    pub(super) reconnect_in: Option<Duration>,
}

impl End {
    pub(super) fn closed() -> Self {
        Self { reason: CloseReason::Closed, reconnect_in: None }
    }

    pub(super) fn lost() -> Self {
        Self { reason: CloseReason::Lost, reconnect_in: Some(jitter()) }
    }

    pub(super) fn broken(fault: String) -> Self {
        Self { reason: CloseReason::Broken { fault }, reconnect_in: Some(jitter()) }
    }

    pub(super) fn kicked(kick: Kick) -> Self {
        let Kick { reason, reconnect_in } = kick;
        let reconnect_in = reconnect_in.map(|wait| wait.saturating_add(jitter()));
        Self { reason: CloseReason::Kicked { reason }, reconnect_in }
    }
}

pub(super) fn jitter() -> Duration {
    Duration::from_millis(random::number() % JITTER)
}

//! The phases of a connection: opening, reading, sending and the application.

use tokio::time::Instant;

/// The exchange before messages flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Only a handshake is legal.
    Handshake {
        until: Instant,
    },
    /// The handshake has come, and the application's hook decides on it. Packets wait.
    Deciding {
        until: Instant,
    },
    /// Only the client's ack is legal, and heartbeats before it.
    Ack {
        until: Instant,
    },
    Complete,
}

/// The receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Open,
    /// The peer has ended its side, or the connection is broken.
    Ended,
}

/// The session's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Application {
    Serving,
    /// The peer takes nothing more, but may have said something before it went: that is handled.
    LastWords {
        since: Instant,
    },
    /// Nothing more is handled; what runs is waited for.
    Closing {
        since: Instant,
    },
    /// The session has left its groups, and its `session_closed` hooks run or have run.
    Ended,
}

/// The sending direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    Flowing,
    /// The transport refuses the batch.
    Stalled {
        since: Instant,
    },
    /// The queue has ended: what waits is the last.
    Last {
        since: Instant,
    },
    /// The transport refuses the batch, and the queue has ended.
    LastStalled {
        since: Instant,
    },
    /// Everything is sent; the peer has to end its side.
    Lingering {
        until: Instant,
    },
    Done,
}

impl Application {
    pub(super) fn close(&mut self, now: Instant) {
        if *self == Self::Serving {
            *self = Self::Closing { since: now };
        }
    }

    /// Waits for the peer's last words no longer.
    pub(super) fn abort(&mut self) {
        if let Self::LastWords { since } = *self {
            *self = Self::Closing { since };
        }
    }

    /// `true` while messages are handled.
    pub(super) fn is_serving(self) -> bool {
        matches!(self, Self::Serving | Self::LastWords { .. })
    }
}

impl Sending {
    /// `true` if the transport has taken all that it was given.
    pub(super) fn is_ready(self) -> bool {
        matches!(self, Self::Flowing | Self::Last { .. })
    }

    pub(super) fn seal(&mut self, now: Instant) {
        match *self {
            Self::Flowing => *self = Self::Last { since: now },
            Self::Stalled { since } => *self = Self::LastStalled { since },
            _ => {}
        }
    }

    pub(super) fn stall(&mut self, now: Instant) {
        match *self {
            Self::Flowing => *self = Self::Stalled { since: now },
            Self::Last { since } => *self = Self::LastStalled { since },
            _ => {}
        }
    }

    /// The transport has taken the batch: the next one has time of its own.
    pub(super) fn flushed(&mut self, now: impl FnOnce() -> Instant) {
        match *self {
            Self::Stalled { .. } => *self = Self::Flowing,
            Self::Last { .. } | Self::LastStalled { .. } => *self = Self::Last { since: now() },
            _ => {}
        }
    }
}

//! The reasons for the end of a session.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;

use crate::wire::dialect::Family;
use crate::wire::frame;

/// The reason why a session ended.
///
/// Clients that list their features, such as this project's, are told it by a kick, unless it is
/// [`Disconnected`](Self::Disconnected), [`Closed`](Self::Closed) or [`HandshakeRefused`](Self::HandshakeRefused). All
/// others are kicked only for [`Kicked`](Self::Kicked), [`Replaced`](Self::Replaced) and [`Protocol`](Self::Protocol),
/// because some of them never come back after a kick. The close of a WebSocket has the reason for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The client went away: it closed the connection, or the connection broke.
    Disconnected,
    /// The application called [`Session::close`](crate::Session::close).
    Closed,
    /// The application called [`Session::kick`](crate::Session::kick), with this reason.
    Kicked(Arc<str>),
    /// Another session was bound to the same user: see [`DuplicateLogin::Replace`](crate::DuplicateLogin::Replace).
    Replaced,
    /// The client sent something that the protocol does not allow.
    Protocol(Arc<str>),
    /// The server refused the client's handshake.
    HandshakeRefused,
    /// The client did not complete the handshake in time.
    HandshakeTimeout,
    /// There was no room for the client: the app is full.
    Full,
    /// Nothing came from the client for three heartbeat intervals.
    HeartbeatTimeout,
    /// The client reads more slowly than it is sent to.
    SlowConsumer,
    /// The app is about to shut down, and its sessions leave one after another: see [`drain`](crate::drain).
    Drain {
        /// The time after which the client is asked to come back.
        reconnect_in: Duration,
    },
    /// The client sent faster than it may: see [`OverRate::Close`](crate::OverRate::Close).
    RateLimited,
    /// The node of the client is not in its cluster any more, and begins anew; or the node of its room is lost, and
    /// `Cluster::on_loss` says so: see [`nodes`](crate::nodes).
    NodeLost,
    /// The app is shutting down.
    Shutdown,
}

impl CloseReason {
    /// Returns `true` if the session ends with the app, which says itself when it waits no longer.
    pub(crate) fn is_end_of_app(&self) -> bool {
        matches!(self, Self::Drain { .. } | Self::Shutdown)
    }

    /// Returns the kick packet for a client of this family; `None` when it gets no kick.
    ///
    /// A reason that is not final comes with a hint: the milliseconds after which the client may come back, to which it
    /// adds a random time of its own.
    pub(crate) fn kick(&self, family: Family) -> Option<BytesMut> {
        let reconnect_in = match self {
            // The refusal itself says it.
            Self::Disconnected | Self::Closed | Self::HandshakeRefused => return None,
            Self::Kicked(_) | Self::Replaced | Self::Protocol(_) => None,
            // Stock clients in C never come back after a kick.
            _ if family != Family::Native => return None,
            Self::HandshakeTimeout | Self::HeartbeatTimeout | Self::SlowConsumer => Some(0),
            Self::Drain { reconnect_in } => {
                Some(u64::try_from(reconnect_in.as_millis()).unwrap_or(u64::MAX))
            }
            // Until another node, or this one, is up again.
            Self::NodeLost | Self::Shutdown => Some(1000),
            // Until somebody has left, or the client has calmed down.
            Self::Full | Self::RateLimited => Some(5000),
        };
        Some(frame::kick(&self.to_string(), reconnect_in))
    }

    /// Returns the kick packet over a transport that does not show its end: a client has to be told, too, that the
    /// application just closes.
    pub(crate) fn kick_without_end(&self, family: Family) -> Option<BytesMut> {
        match self {
            Self::Closed => {
                let reconnect_in = (family == Family::Native).then_some(0);
                Some(frame::kick(&self.to_string(), reconnect_in))
            }
            other => other.kick(family),
        }
    }
}

impl CloseReason {
    /// Returns the reason as one word, for the metrics: no peer's or application's text.
    pub(crate) fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Kicked(_) => "kicked".into(),
            Self::Protocol(_) => "protocol_error".into(),
            other => other.to_string().into(),
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnected => f.write_str("disconnected"),
            Self::Closed => f.write_str("closed"),
            Self::Kicked(reason) => f.write_str(reason),
            Self::Replaced => f.write_str("replaced"),
            Self::Protocol(detail) => write!(f, "protocol_error: {detail}"),
            Self::HandshakeRefused => f.write_str("handshake_refused"),
            Self::HandshakeTimeout => f.write_str("handshake_timeout"),
            Self::Full => f.write_str("full"),
            Self::HeartbeatTimeout => f.write_str("heartbeat_timeout"),
            Self::SlowConsumer => f.write_str("slow_consumer"),
            Self::Drain { .. } => f.write_str("drain"),
            Self::RateLimited => f.write_str("rate_limited"),
            Self::NodeLost => f.write_str("node_lost"),
            Self::Shutdown => f.write_str("shutdown"),
        }
    }
}

//! The frames of a link, and their conversions.

use std::net::SocketAddr;

use bytes::Bytes;

pub(super) use crate::proto::cluster::frame::Kind;
pub(super) use crate::proto::cluster::{
    Answer, Close, Closed, Done, EndReason, Entry, Failure, Farewell, Frame, Goodbye, Hello,
    Leaving, Manifest, ManifestRoute, Patch, Ping, Push, PushClass, Rate, Request, RoomChange,
    SessionState, Uid, WhoHas, answer, node_client, node_server, patch, uid,
};

use crate::error::Told;
use crate::session::{CloseReason, Session, Snapshot};
use crate::wire::class::Class;
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Result, TraceParent};

/// The letters of an error's text that other nodes are told.
const LONGEST_TEXT: usize = 8192;

/// The letters of a reason that other nodes are told: clients are sent no more of it.
const LONGEST_REASON: usize = 1024;

/// The outcome of a request: its reply, or the error that its session is told.
pub(super) type Outcome = Result<(Content, Bytes), Failure>;

impl From<Kind> for Frame {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind) }
    }
}

impl Failure {
    pub(super) fn of(told: Told<'_>) -> Self {
        let Told { code, message } = told;
        // An application may write anything into it, and a link has a limit.
        let message = message.chars().take(LONGEST_TEXT).collect();
        Self { code: code.to_owned(), message, framework: false }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        let framework = error.kind() != ErrorKind::Rejected;
        Self { framework, ..Self::of(Told::of(error)) }
    }

    /// The error as a component of the node had it, without its causes.
    pub(super) fn into_own_error(self) -> Error {
        match self.framework {
            true => Error::new(ErrorKind::of_code(&self.code), self.message),
            false => self.into_error(),
        }
    }

    /// The error that the client is told the same code and text of.
    pub(super) fn into_error(self) -> Error {
        Error::reject(self.code, self.message)
    }
}

impl Answer {
    pub(super) fn new(id: u64, outcome: Outcome) -> Self {
        let result = match outcome {
            Ok((Content::Value, body)) => answer::Result::Body(body),
            Ok((Content::Nothing, body)) => answer::Result::Nothing(body),
            Err(failure) => answer::Result::Failure(failure),
        };
        Self { id, done: false, result: Some(result) }
    }

    pub(super) fn outcome(self) -> Outcome {
        match self.result {
            Some(answer::Result::Body(body)) => Ok((Content::Value, body)),
            Some(answer::Result::Nothing(body)) => Ok((Content::Nothing, body)),
            Some(answer::Result::Failure(failure)) => Err(failure),
            None => Ok((Content::Value, Bytes::new())),
        }
    }
}

impl SessionState {
    /// The state of a session for a node that does not know it, and the number of the changes to it on this node.
    pub(super) fn of(session: &Session) -> (Self, u64) {
        let (snapshot, version) = session.state_snapshot();
        let state = Self {
            uid: snapshot.uid.as_ref().map(Into::into),
            address: session.remote_addr().map(|addr| addr.to_string()).unwrap_or_default(),
            data: snapshot.data.into(),
            trace: session.trace_parent().map(|trace| trace.to_string()).unwrap_or_default(),
            version: session.link().owner().map_or(version, |gate| gate.version()),
        };
        (state, version)
    }

    /// The address of the client, if its gate knows it.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address.parse().ok()
    }

    pub(super) fn trace(&self) -> Option<TraceParent> {
        TraceParent::parse(self.trace.as_bytes())
    }

    pub(super) fn into_snapshot(self) -> Snapshot {
        Snapshot { uid: self.uid.and_then(Uid::into_uid), data: self.data.into() }
    }
}

/// The reason of a kick, as other nodes are told it.
pub(super) fn reason_to_tell(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).collect()
}

impl Closed {
    /// The end of a session of this node's client.
    pub(super) fn of(session: &Session) -> Self {
        let reason = session.close_reason().unwrap_or(CloseReason::Disconnected);
        Self { session: session.id().get(), ..Self::for_reason(&reason) }
    }

    fn for_reason(reason: &CloseReason) -> Self {
        let (reason, text) = match reason {
            CloseReason::Closed => (EndReason::Closed, ""),
            CloseReason::Kicked(text) => (EndReason::Kicked, &**text),
            CloseReason::Replaced => (EndReason::Replaced, ""),
            CloseReason::Protocol(text) => (EndReason::Protocol, &**text),
            CloseReason::HeartbeatTimeout => (EndReason::HeartbeatTimeout, ""),
            CloseReason::SlowConsumer => (EndReason::SlowConsumer, ""),
            CloseReason::RateLimited => (EndReason::RateLimited, ""),
            CloseReason::NodeLost => (EndReason::NodeLost, ""),
            // The end of its gate is none of the node that is told.
            _ => (EndReason::Disconnected, ""),
        };
        Self { session: 0, reason: reason.into(), text: reason_to_tell(text) }
    }

    /// The end of a session that this node knows nothing of.
    pub(super) fn unknown(session: u64) -> Self {
        Self { session, ..Self::default() }
    }

    pub(super) fn into_reason(self) -> CloseReason {
        match self.reason() {
            EndReason::Disconnected => CloseReason::Disconnected,
            EndReason::Closed => CloseReason::Closed,
            EndReason::Kicked => CloseReason::Kicked(self.text.into()),
            EndReason::Replaced => CloseReason::Replaced,
            EndReason::Protocol => CloseReason::Protocol(self.text.into()),
            EndReason::HeartbeatTimeout => CloseReason::HeartbeatTimeout,
            EndReason::SlowConsumer => CloseReason::SlowConsumer,
            EndReason::RateLimited => CloseReason::RateLimited,
            EndReason::NodeLost => CloseReason::NodeLost,
        }
    }
}

/// The class of a push, and the number of its key.
pub(super) fn class_to_frame(class: Class) -> (PushClass, u64) {
    match class {
        Class::Latest(key) => (PushClass::Latest, key),
        Class::Lossy => (PushClass::Lossy, 0),
        Class::Owed | Class::Reliable => (PushClass::Reliable, 0),
    }
}

pub(super) fn class_of_frame(class: PushClass, key: u64) -> Class {
    match class {
        PushClass::Reliable => Class::Reliable,
        PushClass::Latest => Class::Latest(key),
        PushClass::Lossy => Class::Lossy,
    }
}

impl From<&crate::Uid> for Uid {
    fn from(uid: &crate::Uid) -> Self {
        let kind = match (uid.as_i64(), uid.as_str()) {
            (Some(number), _) => Some(uid::Kind::Number(number)),
            (None, text) => text.map(|text| uid::Kind::Text(text.to_owned())),
        };
        Self { kind }
    }
}

impl Uid {
    pub(super) fn into_uid(self) -> Option<crate::Uid> {
        match self.kind? {
            uid::Kind::Number(number) => Some(number.into()),
            uid::Kind::Text(text) => Some(text.into()),
        }
    }
}

/// The name of a route.
///
/// # Errors
///
/// [`ErrorKind::Protocol`] when it is no text.
pub(super) fn name_of(route: Bytes) -> Result<String> {
    String::from_utf8(route.into())
        .map_err(|source| Error::with_source(ErrorKind::Protocol, "the route is no text", source))
}

pub(super) fn unavailable(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Unavailable, text)
}

pub(super) fn node_lost() -> Error {
    Error::new(ErrorKind::NodeLost, "the link to the node broke")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_reason_of_an_end_is_the_gates_unless_it_is_the_end_of_the_gate() {
        let told = |reason| Closed::for_reason(&reason).into_reason();
        for reason in [
            CloseReason::Disconnected,
            CloseReason::Closed,
            CloseReason::Kicked("enough".into()),
            CloseReason::Replaced,
            CloseReason::Protocol("too large".into()),
            CloseReason::HeartbeatTimeout,
            CloseReason::SlowConsumer,
            CloseReason::RateLimited,
            CloseReason::NodeLost,
        ] {
            assert_eq!(told(reason.clone()), reason);
        }
        let reconnect_in = Duration::from_secs(1);
        for reason in [CloseReason::Drain { reconnect_in }, CloseReason::Shutdown] {
            assert_eq!(told(reason), CloseReason::Disconnected);
        }
        let long = CloseReason::Kicked("é".repeat(5000).into());
        assert_eq!(told(long), CloseReason::Kicked("é".repeat(LONGEST_REASON).into()));
    }
}

//! The frames of a link, and their conversions.

use bytes::Bytes;

pub(super) use crate::proto::cluster::frame::Kind;
pub(super) use crate::proto::cluster::{
    Answer, Close, Closed, Done, Entry, Failure, Farewell, Frame, Goodbye, Hello, Manifest,
    ManifestRoute, Patch, Ping, Push, PushClass, Rate, Request, SessionState, Uid, answer,
    node_client, node_server, patch, uid,
};

use crate::error::Told;
use crate::wire::class::Class;
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind};

/// The outcome of a request: its reply, or the error that its session is told.
pub(super) type Outcome = Result<(Content, Bytes), Failure>;

impl From<Kind> for Frame {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind) }
    }
}

impl Failure {
    pub(super) fn of(told: Told<'_>) -> Self {
        Self { code: told.code.to_owned(), message: told.message.to_owned() }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        Self::of(Told::of(error))
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

pub(super) fn unavailable(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Unavailable, text)
}

pub(super) fn node_lost() -> Error {
    Error::new(ErrorKind::NodeLost, "the link to the node broke")
}

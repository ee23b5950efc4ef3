//! The error type of everything public.

#[cfg(feature = "cluster")]
mod code;
mod report;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use report::Chain;
pub(crate) use report::{Report, shown};

/// A specialised `Result`, with [`Error`] as the default error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The text of an error whose details are for the log only.
const INTERNAL: &str = "internal error";

/// The code of a client whose version is too low.
pub(crate) const CLIENT_TOO_OLD: &str = "client_too_old";

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// The kind of an [`Error`], for programs to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The application refused, with a code and a text for the client ([`Error::reject`]).
    Rejected,
    /// The app is shutting down.
    Shutdown,
    /// Something failed inside; a client receives the code `internal` and nothing else.
    Internal,
    /// The session, group, component or connection has ended.
    Closed,
    /// An answer did not come in time.
    Timeout,
    /// A handler dropped its [`Reply`](crate::Reply) without sending it.
    NoReply,
    /// The app has no such route.
    NotFound,
    /// A value could not be written by the serializer.
    Encode,
    /// Bytes could not be read as the expected type.
    Decode,
    /// A message is larger than the limit in force.
    TooLarge,
    /// The body of a message is larger than the policy of its route allows.
    BodyTooLarge,
    /// A session sends more messages to a route than the policy of the route allows.
    RateLimited,
    /// The session has no user, and the route asks for one.
    NotBound,
    /// A call waits for a component that its own handler has: it would wait for itself.
    SelfLock,
    /// The session is already bound to another user id.
    AlreadyBound,
    /// The client's version is lower than [`App::min_client_version`](crate::App::min_client_version).
    ClientTooOld,
    /// Another session of the user is open, and the app refuses a second one:
    /// [`DuplicateLogin::Refuse`](crate::DuplicateLogin::Refuse).
    AlreadyOnline,
    /// The user has no open session.
    Offline,
    /// The session is in no room of the type.
    NotInRoom,
    /// The room has ended, or is ending.
    RoomClosed,
    /// The room has as many members, or spectators, as it may have.
    RoomFull,
    /// The room is locked: it takes no more members.
    RoomLocked,
    /// The session is in a room of the type already, or on its way into one.
    AlreadyInRoom,
    /// There are as many rooms of the type as there may be.
    TooManyRooms,
    /// A room of the type has the name already.
    RoomNameTaken,
    /// The node that has the handler cannot be reached. The message was not handled.
    Unavailable,
    /// The node that has the handler was lost. The message may have been handled, or not.
    NodeLost,
    /// A component was called without a session, and its handler takes one.
    NoSession,
    /// Components call one another in a circle, or too deeply.
    Loop,
    /// The peer broke the protocol.
    Protocol,
    /// The configuration of an [`App`](crate::App) has problems.
    Config,
    /// The operating system refused: a port in use, a connection reset.
    Io,
}

/// The error of all public functions: opaque, with a [`kind`](Error::kind) to match on and a
/// [`source`](StdError::source) to log.
///
/// `Display` prints this error only; its causes follow from [`source`](StdError::source), as reporters
/// such as anyhow's print them. `Debug` prints all of them in one line, for an error that `main` returns
/// and for `?error` in a log.
///
/// A handler that returns an error answers its request with it. What the client sees depends on
/// the kind: the code and text of [`Error::reject`], the code `bad_request` for a payload that does not
/// decode (with the reason in debug builds, see [`App::bad_request_details`](crate::App::bad_request_details)), and `internal` with a fixed text for everything else, whose detail goes to the log only.
///
/// # Examples
///
/// ```
/// use nano::{Error, ErrorKind};
///
/// let full = Error::reject("room_full", "the room holds 8 players");
/// assert_eq!(full.kind(), ErrorKind::Rejected);
/// assert_eq!(full.code(), Some("room_full"));
///
/// let bug = Error::internal("the database is away");
/// assert_eq!(bug.code(), None);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    code: Option<Cow<'static, str>>,
    message: Cow<'static, str>,
    source: Option<Source>,
}

impl Error {
    /// Refuses, with a `code` for the client's program and a `message` for its user.
    ///
    /// This is the one error whose text a client sees.
    pub fn reject(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::build(ErrorKind::Rejected, Some(code.into()), message.into(), None)
    }

    /// Wraps a failure whose details no client should see.
    ///
    /// Takes any error, a `Box<dyn Error>`, an `anyhow::Error`, or a text:
    /// `std::fs::read("map.bin").map_err(Error::internal)?`. [`ResultExt::internal`] is shorter.
    ///
    /// `Display` says `internal error`, which is safe to show to anyone; `source` is the
    /// [`source`](StdError::source).
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::build(ErrorKind::Internal, None, INTERNAL.into(), Some(source.into()))
    }

    /// Returns the kind of this error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the code given to [`Error::reject`], or received from a server.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the text of this error, without its sources.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns this error and all its causes in one line, for the log. Control characters are escaped: the text may
    /// be a peer's, which must not end the line, or begin another.
    pub(crate) fn report(&self) -> Report<'_> {
        Report(self)
    }

    /// Returns this error and all its causes, with the line breaks that they have.
    pub(crate) fn chain(&self) -> Chain<'_> {
        Chain(self)
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self::build(kind, None, message.into(), None)
    }

    pub(crate) fn with_source(
        kind: ErrorKind,
        message: impl Into<Cow<'static, str>>,
        source: impl Into<Source>,
    ) -> Self {
        Self::build(kind, None, message.into(), Some(source.into()))
    }

    /// Returns this error without its causes, for another one who waits for it.
    pub(crate) fn without_source(&self) -> Self {
        let Inner { kind, code, message, .. } = &*self.0;
        Self::build(*kind, code.clone(), message.clone(), None)
    }

    fn build(
        kind: ErrorKind,
        code: Option<Cow<'static, str>>,
        message: Cow<'static, str>,
        source: Option<Source>,
    ) -> Self {
        Self(Box::new(Inner { kind, code, message, source }))
    }
}

/// The part of an error that a client sees: a code for its program, a text for its user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
}

impl<'a> Told<'a> {
    pub(crate) fn of(error: &'a Error) -> Self {
        let (code, message) = match error.kind() {
            ErrorKind::Rejected => (error.code().unwrap_or("rejected"), error.message()),
            ErrorKind::Decode => ("bad_request", "the payload does not decode"),
            ErrorKind::NotFound => ("not_found", error.message()),
            ErrorKind::Timeout => ("timeout", "the request took too long"),
            ErrorKind::NoReply => ("no_reply", "the request was not answered"),
            ErrorKind::Closed => ("closed", "what the request needs has ended"),
            ErrorKind::AlreadyBound => ("already_bound", "the session is bound to another user"),
            ErrorKind::NotBound => ("not_bound", "the session is bound to no user"),
            ErrorKind::RateLimited => ("rate_limited", error.message()),
            ErrorKind::BodyTooLarge => ("too_large", error.message()),
            ErrorKind::ClientTooOld => (CLIENT_TOO_OLD, error.message()),
            ErrorKind::AlreadyOnline => ("already_online", "the user is online already"),
            ErrorKind::Offline => ("offline", "the user is offline"),
            ErrorKind::Shutdown => ("shutdown", "the server is shutting down"),
            ErrorKind::NotInRoom => ("not_in_room", "the session is in no such room"),
            ErrorKind::RoomClosed => ("room_closed", "the room has ended"),
            ErrorKind::RoomFull => ("room_full", "the room is full"),
            ErrorKind::RoomLocked => ("room_locked", "the room takes no more members"),
            ErrorKind::AlreadyInRoom => {
                ("already_in_room", "the session is in such a room already")
            }
            ErrorKind::TooManyRooms => ("too_many_rooms", "no more rooms can be opened"),
            ErrorKind::RoomNameTaken => ("room_name_taken", "another room has the name"),
            ErrorKind::Unavailable => ("unavailable", "the request cannot be served now"),
            ErrorKind::NodeLost => ("node_lost", "the node that handled the request was lost"),
            ErrorKind::NoSession => ("no_session", "what the request needs takes a session"),
            ErrorKind::Loop => ("loop", "the request needs too many calls within one another"),
            _ => ("internal", "internal error"),
        };
        Self { code, message }
    }
}

/// Conversions of any error into [`Error`], as methods of `Result`.
///
/// # Examples
///
/// ```
/// use nano::{Result, ResultExt};
///
/// fn level(text: &str) -> Result<u32> {
///     text.parse().internal()
/// }
///
/// assert_eq!(level("7").ok(), Some(7));
/// assert_eq!(level("seven").unwrap_err().kind(), nano::ErrorKind::Internal);
/// ```
pub trait ResultExt<T> {
    /// Wraps a failure whose details no client should see, as [`Error::internal`] does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] in place of the error.
    fn internal(self) -> Result<T>;
}

impl<T, E: Into<Source>> ResultExt<T> for Result<T, E> {
    fn internal(self) -> Result<T> {
        self.map_err(Error::internal)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { code, message, .. } = &*self.0;
        match code {
            Some(code) => write!(f, "{code}: {message}"),
            None => f.write_str(message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `main` prints its error with Debug: a sentence serves better than a struct.
        let text = self.chain().to_string();
        f.write_str(&text)?;
        // The list of problems is printed without the kind.
        if text.contains('\n') { Ok(()) } else { write!(f, " ({:?})", self.0.kind) }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::with_source(ErrorKind::Io, "input/output error", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io() -> std::io::Error {
        std::io::Error::other("the disk is full")
    }

    #[test]
    fn an_error_prints_itself_and_its_report_the_causes() {
        let check = |error: Error, display: &str, report: &str, debug: &str| {
            assert_eq!(error.to_string(), display);
            assert_eq!(error.report().to_string(), report);
            assert_eq!(format!("{error:?}"), debug);
        };
        check(
            Error::reject("room_full", "the room holds 8"),
            "room_full: the room holds 8",
            "room_full: the room holds 8",
            "room_full: the room holds 8 (Rejected)",
        );
        check(
            Error::internal("the database is away"),
            "internal error",
            "internal error: the database is away",
            "internal error: the database is away (Internal)",
        );
        check(
            Error::from(io()),
            "input/output error",
            "input/output error: the disk is full",
            "input/output error: the disk is full (Io)",
        );
        check(
            Error::with_source(ErrorKind::Internal, "the hook `a.init` failed", Error::from(io())),
            "the hook `a.init` failed",
            "the hook `a.init` failed: input/output error: the disk is full",
            "the hook `a.init` failed: input/output error: the disk is full (Internal)",
        );
        let problems = "the app cannot start\n  - for a reason";
        let line = r"the app cannot start\n  - for a reason";
        check(Error::new(ErrorKind::Config, problems), problems, line, problems);
    }

    /// Reporters print each error of a chain, so no error may print its source as well.
    #[test]
    fn no_error_of_a_chain_prints_its_source() {
        let error = Error::with_source(ErrorKind::Encode, "value does not encode", io());
        let error = Error::internal(error);
        let mut texts = Vec::new();
        let mut next = Some(&error as &dyn StdError);
        while let Some(error) = next {
            texts.push(error.to_string());
            next = error.source();
        }
        assert_eq!(texts, ["internal error", "value does not encode", "the disk is full"]);
        let inner = error.source().and_then(|source| source.downcast_ref::<Error>());
        assert_eq!(inner.map(Error::kind), Some(ErrorKind::Encode), "the cause can be told");
    }
}

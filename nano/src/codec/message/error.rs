//! The errors of reading and writing messages.

use std::fmt;

/// An error of reading or writing a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// The message is empty: it has no flag.
    Empty,
    /// The type in the flag is no [`MessageKind`](super::MessageKind).
    UnknownKind(u8),
    /// The message ends inside its id.
    UnterminatedId,
    /// The id does not fit 64 bits, or takes more than ten bytes.
    IdTooLong,
    /// The message ends inside its route.
    TruncatedRoute,
    /// The route's name is not UTF-8.
    RouteNotUtf8,
    /// The route's name does not fit its length byte.
    RouteTooLong {
        /// The length of the name in bytes.
        len: usize,
    },
    /// A request, notify or push was to be written without a route.
    MissingRoute,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("message is empty, expected at least a flag"),
            Self::UnknownKind(bits) => write!(f, "unknown message type {bits}, expected 0 to 3"),
            Self::UnterminatedId => f.write_str("message ends inside its id"),
            Self::IdTooLong => f.write_str("message id exceeds the limit of 64 bits in ten bytes"),
            Self::TruncatedRoute => f.write_str("message ends inside its route"),
            Self::RouteNotUtf8 => f.write_str("route is not valid utf-8"),
            Self::RouteTooLong { len } => {
                write!(f, "route of {len} bytes exceeds the limit of 255")
            }
            Self::MissingRoute => {
                f.write_str("message has no route, only a response may go without one")
            }
        }
    }
}

impl std::error::Error for MessageError {}

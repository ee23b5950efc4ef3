//! The reasons of a link's end.

use std::fmt;
use std::time::Duration;

/// The time without any frame after which a peer cannot be reached.
pub(super) const SILENCE: Duration = Duration::from_secs(3);

/// The reason of a link's end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// This node ends, or the peer has made another link.
    Ended,
    /// The stream ended or broke.
    Broken,
    Silent,
    /// The peer ended it, and said why.
    Goodbye(String),
    /// The peer ended it, because this node is not in the cluster any more.
    Fenced(String),
    /// The peer is refused. It is told so.
    Refused(String),
    /// The peer is refused, because it is no member. It is told so.
    NoMember(u32),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it was ended here"),
            Self::Broken => f.write_str("the connection broke"),
            Self::Silent => write!(f, "nothing came for {SILENCE:?}"),
            // A peer's text.
            Self::Goodbye(text) | Self::Fenced(text) => {
                let shown: String = text.chars().take(256).flat_map(char::escape_debug).collect();
                write!(f, "the node said: {shown}")
            }
            Self::Refused(text) => f.write_str(text),
            Self::NoMember(number) => write!(f, "node {number} is no member"),
        }
    }
}

//! Errors and replies in the forms of Go nano.

use bytes::Bytes;

use super::client::Failed;
use crate::cluster::frames::{Failure, Outcome, node_lost, unavailable};
use crate::codec::text;
use crate::error::Told;
use crate::wire::Wire;
use crate::wire::outgoing::{Content, unflagged_error};
use crate::{Error, ErrorKind};

/// Returns the error that the sender of a message gets when its call failed.
pub(super) fn error_of(failed: &Failed) -> Error {
    match failed {
        _ if failed.is_not_found() => {
            Error::new(ErrorKind::NotFound, "the node of Go nano has no such route")
        }
        Failed::Unreached { .. } => unavailable("the node of Go nano cannot be reached"),
        // It was not queued.
        Failed::Refused(_) => unavailable("the node of Go nano refuses the message"),
        Failed::Broken | Failed::Late => node_lost(),
    }
}

pub(super) fn failure(error: &Error) -> Outcome {
    Err(Failure::of_error(error))
}

/// Returns a body as every client can read it: stock JavaScript clients know no text of four bytes.
pub(super) fn readable(wire: &Wire, body: Bytes) -> Bytes {
    match wire.json.then(|| text::escape_non_bmp(&body)).flatten() {
        Some(escaped) => Bytes::from(escaped),
        None => body,
    }
}

/// Returns the body of a reply for a client of a gate of Go nano, of which nothing is known; `None` for an error that it
/// could not tell from a success, which is told to `withheld`.
pub(super) fn reply(wire: &Wire, outcome: Outcome, withheld: impl FnOnce(&str)) -> Option<Bytes> {
    match outcome {
        // Some clients break on `null`.
        Ok((Content::Nothing, body)) if wire.json && body == "null" => {
            Some(Bytes::from_static(b"{}"))
        }
        Ok((_, body)) => Some(readable(wire, body)),
        Err(Failure { code, message, .. }) => {
            let told = Told { code: &code, message: &message };
            let body = unflagged_error(wire, told);
            if body.is_none() {
                withheld(&code);
            }
            body
        }
    }
}

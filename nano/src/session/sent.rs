//! The outcome of giving a message to a link.

use crate::Error;

/// The outcome of a message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The message is on its way.
    Queued,
    /// The message was not sent, because the client would have taken the error for a success: see
    /// [`UnflaggedErrors`](crate::UnflaggedErrors).
    Withheld,
    /// The client reads slowly, and so many pushes were dropped: older ones for the sake of this message, or this
    /// push itself, as their classes and [`SlowConsumers`](crate::SlowConsumers) say.
    Dropped(usize),
}

/// The reason why a message was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The session is closing.
    Closed,
    /// The client reads too slowly, and the session is being closed for that reason. `limit` is the bound in
    /// bytes that was reached.
    Full { limit: usize },
    /// The message cannot be written.
    Message(Error),
}

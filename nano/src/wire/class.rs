//! The class of a message, which decides about it while its client reads slowly.

/// The class of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A reply, which its request is owed: never dropped.
    Owed,
    /// A push that arrives, unless the application drops the oldest pushes of slow clients.
    Reliable,
    /// A push that replaces an older unsent one with the same number, which stands for its route and key.
    Latest(u64),
    /// A push that is dropped while much waits.
    Lossy,
}

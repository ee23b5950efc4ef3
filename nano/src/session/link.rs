//! The way from a session to its client.

use super::CloseReason;
use super::carrier::Carrier;
use super::owner::Owner;
pub(crate) use super::sent::{Refused, Sent};
use crate::wire::outgoing::Outgoing;

/// The way from a session to its client, wherever that is connected.
///
/// It never waits. It is dropped when the last clone of its session is.
pub(crate) trait Link: Send + Sync + 'static {
    /// Takes a message, in the order of the calls.
    ///
    /// A session that is being closed takes replies until its last packet, and no pushes.
    ///
    /// # Errors
    ///
    /// The reason why the message was not taken.
    fn send(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused>;

    /// Asks for the end of the session, after what was sent before. The first reason stays: returns `false` when
    /// there is one already.
    fn close(&self, reason: CloseReason) -> bool;

    /// Returns the reason of the end; `None` while the session is open.
    fn close_reason(&self) -> Option<CloseReason>;

    /// Returns `true` if the session is closing or closed.
    fn is_closing(&self) -> bool;

    /// Returns `true` while the connection is lost, and the client may come back.
    fn is_lost(&self) -> bool {
        false
    }

    /// Returns `true` if the client has ended its side of the connection and cannot come back. Its messages of before are
    /// handled still.
    #[cfg(feature = "cluster")]
    fn has_left(&self) -> bool {
        false
    }

    /// Returns `true` if the client lists its features: it is one of our own.
    #[cfg(feature = "cluster")]
    fn is_native(&self) -> bool {
        false
    }

    /// Returns the number of pushes that were dropped because the client reads slowly.
    fn dropped(&self) -> u64 {
        0
    }

    /// Returns the number of bytes that wait for the client.
    #[cfg(feature = "admin")]
    fn queued(&self) -> usize {
        0
    }

    /// Returns the node that owns the session, if that is another one: users, data and the stages of messages are there.
    fn owner(&self) -> Option<&dyn Owner> {
        None
    }

    /// Returns the carrier that takes a push for this session together with others, after what was sent to it before;
    /// `None` where each client has its own way.
    ///
    /// # Errors
    ///
    /// [`Refused::Closed`] when the session is closing.
    fn carrier(&self) -> Option<Result<&dyn Carrier, Refused>> {
        None
    }

    /// Wakes the task that runs the session's messages, to look at the session again.
    fn wake(&self);

    /// Asks that task to wait for the session's handlers no longer.
    fn abort(&self);
}

/// A link that leads nowhere, for tests of what needs a session and no client. It counts what is sent; the counter is none of
/// loom's.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Nowhere(pub(crate) std::sync::atomic::AtomicUsize);

#[cfg(test)]
impl Link for Nowhere {
    fn send(&self, _: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(Sent::Queued)
    }

    fn close(&self, _: CloseReason) -> bool {
        false
    }

    fn close_reason(&self) -> Option<CloseReason> {
        None
    }

    fn is_closing(&self) -> bool {
        false
    }

    fn wake(&self) {}

    fn abort(&self) {}
}

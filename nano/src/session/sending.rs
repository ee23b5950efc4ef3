//! Pushes to one session's client.

use super::carrier::Carrier;
use super::link::{Refused, Sent};
use super::{Session, closed};
use crate::log::limited;
use crate::metrics::Dropped;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::wire::outgoing::{Outgoing, WriteBody};
use crate::{Error, ErrorKind, Result};

impl Session {
    /// Sends `message` to the client's handler of a route, such as `"onMessage"`, or with a class:
    /// `Push::latest("onScore")`, see [`Push`].
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session is closing, is not open yet (its handshake is not complete), or is closed by this very push because the
    /// client reads too slowly; [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message
    /// cannot be sent.
    pub fn push<'a, 'r>(
        &self,
        push: impl Into<Push<'r>>,
        message: impl IntoValue<'a>,
    ) -> Result<()> {
        let message = message.into_value();
        self.push_written(push.into(), &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already.
    ///
    /// # Errors
    ///
    /// As [`Session::push`].
    pub fn push_bytes<'r>(&self, push: impl Into<Push<'r>>, body: &[u8]) -> Result<()> {
        self.push_written(push.into(), &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    /// Returns the number of pushes to this client that were dropped, because it reads more slowly than it is sent to:
    /// by their class, or by [`SlowConsumers::DropOldest`](crate::SlowConsumers::DropOldest). A push that a newer one
    /// replaced does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Push, Result, Session};
    ///
    /// /// Sends a frame of the spectators' view, a coarse one to a client that is behind.
    /// fn show(session: &Session, dropped: &mut u64, fine: &String, coarse: &String) -> Result<()> {
    ///     let before = std::mem::replace(dropped, session.dropped_pushes());
    ///     let frame = if *dropped > before { coarse } else { fine };
    ///     session.push(Push::lossy("onFrame"), frame)
    /// }
    /// ```
    pub fn dropped_pushes(&self) -> u64 {
        self.link().dropped()
    }

    /// Returns `true` if the app ends, and the session with it, when its handlers have ended. What they push on other nodes
    /// is ahead of their replies, and is owed as these are.
    #[cfg(feature = "cluster")]
    pub(crate) fn is_sent_away(&self) -> bool {
        self.link().close_reason().is_some_and(|reason| reason.is_end_of_app())
    }

    fn push_written(&self, push: Push<'_>, body: &WriteBody<'_>) -> Result<()> {
        self.send(&mut Outgoing::push(push.route(), body).with_class(push.class()))
    }

    /// Sends a push, which may be part of a broadcast.
    pub(crate) fn send(&self, message: &mut Outgoing<'_>) -> Result<()> {
        if !self.was_opened() {
            // The application knows the session since its handshake, and its client takes no messages yet.
            return Err(Error::new(ErrorKind::Closed, "the session is not open yet"));
        }
        match self.hand_over(message) {
            Ok(_) => Ok(()),
            Err(refused) => Err(self.refused(refused)),
        }
    }

    /// Returns the carrier that takes a push for this session together with others; `None` where it is sent by itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session takes none.
    pub(crate) fn carrier(&self) -> Option<Result<&dyn Carrier>> {
        // Where there are no other nodes, no link is asked.
        let carrier = self.id().is_of_cluster().then(|| self.link().carrier())??;
        Some(carrier.map_err(|refused| self.refused(refused)))
    }

    /// Gives a message to the link, and tells of the pushes that are dropped for it.
    #[inline]
    pub(super) fn hand_over(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let sent = self.deliver(message)?;
        if let Sent::Dropped(count) = sent {
            self.note_dropped(count);
        }
        Ok(sent)
    }

    #[cold]
    fn note_dropped(&self, count: usize) {
        let log = &self.wire().log;
        if let Some(metrics) = log.metrics() {
            metrics.dropped(Dropped::Droppable, count);
        }
        limited!(log, PushesDropped, session = %self.id(), count);
    }

    pub(crate) fn refused(&self, refused: Refused) -> Error {
        match refused {
            Refused::Closed => closed(),
            Refused::Full { limit } => {
                let log = &self.wire().log;
                if let Some(metrics) = log.metrics() {
                    metrics.dropped(Dropped::SlowConsumer, 1);
                }
                limited!(log, SlowConsumer, session = %self.id(), limit);
                Error::new(ErrorKind::Closed, "the client reads too slowly and was closed")
            }
            Refused::Message(error) => error,
        }
    }
}

impl PushTarget for Session {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.push_written(push, &|serializer, out| encoder.write(message, serializer, out))
    }
}

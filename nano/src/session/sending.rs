//! Pushes to one session's client.

use super::link::Refused;
use super::{Session, closed};
use crate::log::limited;
use crate::metrics::Dropped;
use crate::push::PushTarget;
use crate::serializer::{Encoder, IntoValue};
use crate::wire::outgoing::{Outgoing, WriteBody};
use crate::{Error, ErrorKind, Result};

impl Session {
    /// Sends `message` to the client's handler of `route`.
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session is closing, is not open yet (its handshake is not complete), or is closed by this very push because the
    /// client reads too slowly; [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message
    /// cannot be sent.
    pub fn push<'a>(&self, route: &str, message: impl IntoValue<'a>) -> Result<()> {
        let message = message.into_value();
        self.push_written(route, &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already.
    ///
    /// # Errors
    ///
    /// As [`Session::push`].
    pub fn push_bytes(&self, route: &str, body: &[u8]) -> Result<()> {
        self.push_written(route, &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    fn push_written(&self, route: &str, body: &WriteBody<'_>) -> Result<()> {
        self.send(&mut Outgoing::push(route, body))
    }

    /// Sends a push, which may be part of a broadcast.
    pub(crate) fn send(&self, message: &mut Outgoing<'_>) -> Result<()> {
        if !self.was_opened() {
            // The application knows the session since its handshake, and its client takes no messages yet.
            return Err(Error::new(ErrorKind::Closed, "the session is not open yet"));
        }
        match self.deliver(message) {
            Ok(_) => Ok(()),
            Err(refused) => Err(self.refused(refused)),
        }
    }

    pub(super) fn refused(&self, refused: Refused) -> Error {
        match refused {
            Refused::Closed => closed(),
            Refused::Full { limit } => {
                let log = &self.wire().log;
                if let Some(metrics) = log.metrics() {
                    metrics.dropped(Dropped::SlowConsumer);
                }
                limited!(log, SlowConsumer, session = %self.id(), limit);
                Error::new(ErrorKind::Closed, "the client reads too slowly and was closed")
            }
            Refused::Message(error) => error,
        }
    }
}

impl PushTarget for Session {
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.push_written(route, &|serializer, out| encoder.write(message, serializer, out))
    }
}

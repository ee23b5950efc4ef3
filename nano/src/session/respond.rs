//! The answers to requests: values, and errors in the form that the client understands.

use std::num::NonZeroU64;

use super::Session;
use super::link::{Refused, Sent};
use crate::error::Told;
use crate::log::limited;
use crate::serializer::Encoder;
use crate::wire::Wire;
use crate::wire::outgoing::{Content, Outgoing, WriteBody};
use crate::{Error, ErrorKind, panics};

/// The longest reason of a `bad_request`, in characters. The reason may repeat what the client sent.
const MAX_DETAIL: usize = 512;

impl Session {
    /// Answers a request with a value.
    pub(crate) fn respond<T>(&self, id: NonZeroU64, route: &str, value: &T, encoder: Encoder<T>) {
        self.respond_written(id, route, Content::of::<T>(), &|serializer, out| {
            encoder.write(value, serializer, out)
        });
    }

    /// Answers a request with a body that is written by `write`.
    pub(crate) fn respond_written(
        &self,
        id: NonZeroU64,
        route: &str,
        content: Content,
        write: &WriteBody<'_>,
    ) {
        let mut reply = Outgoing::reply(id, route, content, write);
        if let Err(error) = self.answer(&mut reply) {
            self.reply_unsent(id, route, &error);
        }
    }

    #[cold]
    fn reply_unsent(&self, id: NonZeroU64, route: &str, error: &Error) {
        let log = &self.wire().log;
        limited!(log, ReplyUnsent, session = %self.id(), route, error = %error.report());
        self.send_error(id, route, &Error::internal("the reply could not be sent"));
    }

    /// Answers a request with a body that another node has encoded.
    #[cfg(feature = "cluster")]
    pub(crate) fn respond_body(&self, id: NonZeroU64, route: &str, content: Content, body: &[u8]) {
        self.respond_written(id, route, content, &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        });
    }

    /// Answers a request with an error, and logs it as its kind deserves.
    pub(crate) fn respond_error(&self, id: NonZeroU64, route: &str, error: &Error) {
        self.log_failure(route, error);
        self.send_error(id, route, error);
    }

    /// Logs the error of a handler, at a level that depends on its kind: high for faults of the server.
    pub(crate) fn log_failure(&self, route: &str, error: &Error) {
        let session = self.id();
        match error.kind() {
            ErrorKind::Rejected
            | ErrorKind::Decode
            | ErrorKind::NotFound
            | ErrorKind::AlreadyBound
            | ErrorKind::ClientTooOld
            | ErrorKind::AlreadyOnline
            | ErrorKind::Offline
            | ErrorKind::NotInRoom
            | ErrorKind::RoomClosed
            | ErrorKind::RoomFull
            | ErrorKind::RoomLocked
            | ErrorKind::AlreadyInRoom
            | ErrorKind::TooManyRooms
            | ErrorKind::RoomNameTaken
            | ErrorKind::Unavailable
            | ErrorKind::NodeLost
            | ErrorKind::Closed
            | ErrorKind::Shutdown => {
                tracing::debug!(%session, route, error = %error.report(), "a message was refused");
            }
            _ => limited!(self.wire().log, HandlerFailed, %session, route, error = %error.report()),
        }
    }

    /// Answers a request with an error that is logged elsewhere.
    pub(crate) fn send_error(&self, id: NonZeroU64, route: &str, error: &Error) {
        let Wire { log, bad_request_details, .. } = &**self.wire();
        let detail = (error.kind() == ErrorKind::Decode && *bad_request_details)
            .then(|| error.report().to_string().chars().take(MAX_DETAIL).collect::<String>());
        let mut told = Told::of(error);
        if let Some(detail) = &detail {
            told.message = detail;
        }
        let failed = match self.answer(&mut Outgoing::error(id, route, told)) {
            Ok(Sent::Queued | Sent::Dropped(_)) => return,
            Ok(Sent::Withheld) => {
                limited!(log, ErrorWithheld, session = %self.id(), route, code = told.code);
                return;
            }
            Err(error) => error,
        };
        limited!(log, ErrorUnsent, session = %self.id(), route, error = %failed.report());
        // The text of the error itself may be too large for a packet, or a stage may have failed on it.
        let fixed = Error::new(ErrorKind::Internal, "internal error");
        let mut fixed = Outgoing::error(id, route, Told::of(&fixed)).unstaged();
        if let Err(error) = self.answer(&mut fixed) {
            limited!(log, ErrorUnsent, session = %self.id(), route, error = %error.report());
        }
    }

    #[inline]
    fn answer(&self, message: &mut Outgoing<'_>) -> Result<Sent, Error> {
        // The application's code may panic; its request has to be answered all the same.
        let sent = panics::catch(|| self.hand_over(message)).map_err(|panic| {
            let message = format!("the value panicked while it was written: {panic}");
            Error::new(ErrorKind::Internal, message)
        })?;
        match sent {
            Ok(sent) => Ok(sent),
            Err(Refused::Message(error)) => Err(error),
            Err(refused @ Refused::Full { .. }) => {
                self.refused(refused);
                Ok(Sent::Queued)
            }
            // The client has gone.
            Err(Refused::Closed) => {
                tracing::debug!(session = %self.id(), "a reply came after the session's end");
                Ok(Sent::Queued)
            }
        }
    }
}

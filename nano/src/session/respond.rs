//! Answers: what a request gets back, in the form that its client understands.

use std::num::NonZeroU64;
use std::sync::{Arc, Weak};

use bytes::BytesMut;
use serde::Serialize;

use super::Session;
use crate::app::UnflaggedErrors;
use crate::codec::{MessageHead, MessageKind, Route};
use crate::net::dialect::{with_scratch, write_message};
use crate::net::outbound::Refused;
use crate::proto;
use crate::reply::Deferred;
use crate::serializer::{Encoder, SerializerError, Value};
use crate::{Error, ErrorKind, panics};

/// What a client is told of an error: a code for its program, a text for its user.
struct Told<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> Told<'a> {
    fn of(error: &'a Error) -> Self {
        let (code, message) = match error.kind() {
            ErrorKind::Rejected => (error.code().unwrap_or("rejected"), error.message()),
            ErrorKind::Decode => ("bad_request", "the payload does not decode"),
            ErrorKind::NotFound => ("not_found", error.message()),
            ErrorKind::Timeout => ("timeout", "the request took too long"),
            ErrorKind::NoReply => ("no_reply", "the request was not answered"),
            ErrorKind::Closed => ("closed", "what the request needs has ended"),
            ErrorKind::Shutdown => ("shutdown", "the server is shutting down"),
            _ => ("internal", "internal error"),
        };
        Self { code, message }
    }
}

impl Session {
    /// Answers a request with a value.
    pub(crate) fn respond<T>(&self, id: NonZeroU64, route: &str, value: &T, encoder: Encoder<T>) {
        let written =
            self.send_response(id, false, |out| encoder.write(value, self.serializer(), out));
        if let Err(error) = written {
            tracing::error!(session = %self.id(), route, %error, "a reply could not be sent");
            self.send_error(id, route, &Error::internal("the reply could not be sent"));
        }
    }

    /// Answers a request with an error, and logs it as its kind deserves.
    pub(crate) fn respond_error(&self, id: NonZeroU64, route: &str, error: &Error) {
        self.log_failure(route, error);
        self.send_error(id, route, error);
    }

    /// Logs the error of a handler: loud where it is the server's fault.
    pub(crate) fn log_failure(&self, route: &str, error: &Error) {
        let session = self.id();
        match error.kind() {
            ErrorKind::Rejected
            | ErrorKind::Decode
            | ErrorKind::NotFound
            | ErrorKind::Closed
            | ErrorKind::Shutdown => {
                tracing::debug!(%session, route, %error, "a message was refused");
            }
            _ => tracing::error!(%session, route, %error, "a handler failed"),
        }
    }

    /// Answers a request with an error that is logged elsewhere.
    pub(crate) fn send_error(&self, id: NonZeroU64, route: &str, error: &Error) {
        let told = Told::of(error);
        let flagged = self.dialect().error_flag;
        let plain = self.core().config.unflagged_errors;
        if !flagged && !self.core().json && plain == UnflaggedErrors::Withhold {
            tracing::warn!(
                session = %self.id(),
                route,
                code = told.code,
                "a request stays unanswered: its client could not tell the error from a success"
            );
            return;
        }
        let Err(error) = self.send_told(id, flagged, &told) else { return };
        tracing::error!(session = %self.id(), route, %error, "an error could not be sent");
        // Its own words may be what does not fit.
        let fixed = Error::new(ErrorKind::Internal, "internal error");
        if let Err(error) = self.send_told(id, flagged, &Told::of(&fixed)) {
            tracing::error!(session = %self.id(), route, %error, "a request stays unanswered");
        }
    }

    fn send_told(&self, id: NonZeroU64, flagged: bool, told: &Told<'_>) -> Result<(), Error> {
        self.send_response(id, flagged, |out| {
            if flagged || !self.core().json {
                let body = proto::Error {
                    code: told.code.to_owned(),
                    msg: told.message.to_owned(),
                    metadata: Default::default(),
                };
                self.serializer().encode(Value::both(&body), out)
            } else {
                write_plain_error(told, out)
            }
        })
    }

    fn send_response(
        &self,
        id: NonZeroU64,
        error: bool,
        write: impl FnOnce(&mut BytesMut) -> Result<(), SerializerError>,
    ) -> Result<(), Error> {
        let head = MessageHead {
            kind: MessageKind::Response,
            id: id.get(),
            route: Route::None,
            compressed: false,
            error,
        };
        let core = self.core();
        let form = core.body_form(self.dialect());
        let limit = core.config.packet_limit;
        with_scratch(|out| {
            // The application's code may panic, and its request is to be answered all the same.
            panics::catch(|| write_message(out, limit, head, form, write)).unwrap_or_else(
                |panic| {
                    Err(Error::internal(format!(
                        "the value panicked while it was written: {panic}"
                    )))
                },
            )?;
            match self.outbound().reply(out) {
                Ok(()) => {}
                Err(Refused::Full) => drop(self.refused(Refused::Full)),
                // Nobody is left to read it.
                Err(Refused::Closed) => {
                    tracing::debug!(session = %self.id(), "a reply came after the session's end");
                }
            }
            Ok(())
        })
    }

    /// Remembers a reply that may come late, for its deadline.
    pub(crate) fn watch_reply(&self, deferred: &Arc<Deferred>) {
        let deadline = self.core().clock.now() + self.core().config.handler_millis();
        let mut state = self.state();
        // Without this a session that defers every reply would grow its list until the sweep.
        if state.replies.len() == state.replies.capacity() {
            state.replies.retain(|(_, reply)| reply.upgrade().is_some_and(|reply| reply.is_open()));
        }
        state.replies.push((deadline, Arc::downgrade(deferred)));
    }

    /// Answers the replies whose time is up.
    pub(super) fn expire_replies(&self, now: u64) {
        let mut late = Vec::new();
        self.state().replies.retain(|(deadline, reply)| {
            let expired = *deadline <= now;
            late.extend(expired.then(|| Weak::upgrade(reply)).flatten());
            !expired && reply.strong_count() > 0
        });
        for deferred in late {
            deferred.fail(&Error::new(ErrorKind::Timeout, "the reply did not come in time"));
        }
    }

    /// Answers every open reply, because nothing will any more.
    pub(crate) fn fail_replies(&self, error: &Error) {
        let replies = std::mem::take(&mut self.state().replies);
        for deferred in replies.iter().filter_map(|(_, reply)| reply.upgrade()) {
            deferred.fail(error);
        }
    }
}

/// The error of a client that knows no error flag: a JSON object with a code no success has.
fn write_plain_error(told: &Told<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
    #[derive(Serialize)]
    struct Body<'a> {
        code: u16,
        error: Detail<'a>,
    }

    #[derive(Serialize)]
    struct Detail<'a> {
        code: &'a str,
        msg: &'a str,
    }

    let body = Body { code: 500, error: Detail { code: told.code, msg: told.message } };
    Value::serde(&body).write_json(out)
}

use std::cell::Cell;
use std::num::NonZeroU64;
use std::sync::Arc;

use bytes::Bytes;

use crate::reply::{Deferred, Reply};
use crate::serializer::{Decoder, Encoder};
use crate::{Error, ErrorKind, Session, panics};

/// One message on its way through a handler: whose it is, what it carries, and the duty to answer.
///
/// A request gets exactly one reply. The `finish` methods send it; a call that is dropped without
/// one, because its handler panicked or ran out of time, answers with an error.
#[derive(Debug)]
pub struct Call {
    session: Session,
    route: &'static str,
    request: Option<NonZeroU64>,
    body: Bytes,
    /// How long a deferred reply may take, in milliseconds.
    reply_limit: u64,
    deferred: Option<Arc<Deferred>>,
}

impl Call {
    pub(crate) fn new(
        session: Session,
        route: &'static str,
        request: Option<NonZeroU64>,
        body: Bytes,
        reply_limit: u64,
    ) -> Self {
        Self { session, route, request, body, reply_limit, deferred: None }
    }

    /// The session that sent the message.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Reads the payload. When it cannot be read, answers `bad_request` and gives `None`.
    pub fn decode<T>(self, decoder: Decoder<T>) -> Option<(Self, T)> {
        match decoder.read(&self.body, &*self.session.wire().serializer) {
            Ok(payload) => Some((self, payload)),
            Err(source) => {
                self.fail(Error::with_source(ErrorKind::Decode, "payload does not decode", source));
                None
            }
        }
    }

    /// Hands the duty to answer to a [`Reply`].
    pub fn reply<T>(mut self, encoder: Encoder<T>) -> (Self, Reply<T>) {
        let deferred =
            Deferred::new(self.session.clone(), self.route, self.request.take(), self.reply_limit);
        self.deferred = Some(deferred.clone());
        (self, Reply::new(deferred, encoder))
    }

    /// Ends a handler that returned nothing.
    pub fn finish(self, (): ()) {
        self.finish_value((), Encoder::unit());
    }

    /// Ends a handler that returned `Result<()>`.
    pub fn finish_result<E: Into<Error>>(self, result: Result<(), E>) {
        self.finish_value_result(result, Encoder::unit());
    }

    /// Ends a handler that returned its reply.
    pub fn finish_value<T>(mut self, value: T, encoder: Encoder<T>) {
        if let Some(id) = self.request.take() {
            self.session.respond(id, self.route, &value, encoder);
        }
    }

    /// Ends a handler that returned its reply or an error.
    pub fn finish_value_result<T, E: Into<Error>>(self, result: Result<T, E>, encoder: Encoder<T>) {
        match result {
            Ok(value) => self.finish_value(value, encoder),
            Err(error) => self.fail(error.into()),
        }
    }

    /// Ends a handler that took a [`Reply`].
    pub fn finish_deferred(self, (): ()) {
        self.finish_deferred_result(Ok::<_, Error>(()));
    }

    /// Ends a handler that took a [`Reply`] and returned `Result<()>`. An error answers the request,
    /// unless the reply has been sent.
    pub fn finish_deferred_result<E: Into<Error>>(mut self, result: Result<(), E>) {
        if let Some(deferred) = self.deferred.take() {
            deferred.handler_ended(result.map_err(Into::into));
        }
    }

    fn fail(mut self, error: Error) {
        self.answer(error);
    }

    fn answer(&mut self, error: Error) {
        match (self.deferred.take(), self.request.take()) {
            (Some(deferred), _) => deferred.handler_ended(Err(error)),
            (None, Some(id)) => self.session.respond_error(id, self.route, &error),
            (None, None) => self.session.log_failure(self.route, &error),
        }
    }

    fn answer_for_dropped_handler(&mut self) {
        let reason = DROP_REASON.get();
        if matches!(reason, DropReason::Panic) && !std::thread::panicking() {
            // Nothing cut the handler off: it let go of its call by itself.
            return self.answer(reason.error());
        }
        // Not logged here: what cut the handler off is logged where it happens, with its detail.
        let request = match self.deferred.take() {
            Some(deferred) => deferred.take(),
            None => self.request.take(),
        };
        if let Some(id) = request {
            self.session.send_error(id, self.route, &reason.error());
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.request.is_some() || self.deferred.is_some() {
            // Most likely a panic is unwinding: a second one, of the application's serializer, would
            // end the process.
            if let Err(panic) = panics::catch(|| self.answer_for_dropped_handler()) {
                tracing::error!(route = self.route, %panic, "an error could not be sent");
            }
        }
    }
}

/// Why a running handler is dropped: what its client is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DropReason {
    /// Unwinding, most likely.
    Panic,
    Timeout,
    Shutdown,
}

impl DropReason {
    fn error(self) -> Error {
        match self {
            // The panic itself is logged where it is caught.
            Self::Panic => Error::internal("the handler did not finish"),
            Self::Timeout => Error::new(ErrorKind::Timeout, "the handler ran out of time"),
            Self::Shutdown => Error::new(ErrorKind::Shutdown, "the server is shutting down"),
        }
    }
}

thread_local! {
    // A dropped `Call` cannot be handed a reason, and its drop happens on this very thread.
    static DROP_REASON: Cell<DropReason> = const { Cell::new(DropReason::Panic) };
}

/// Drops a handler's future; the calls inside answer with `reason`.
pub(crate) fn drop_with_reason<T>(future: T, reason: DropReason) {
    DROP_REASON.set(reason);
    panics::drop_quietly(future);
    DROP_REASON.set(DropReason::Panic);
}

//! One message on its way through a handler, and the duty to answer it.

use std::borrow::Borrow;
use std::cell::Cell;
use std::num::NonZeroU64;
use std::sync::Arc;

#[cfg(feature = "cluster")]
use bytes::Bytes;

use crate::log::{Log, limited};
use crate::metrics::{Measure, Outcome};
use crate::reply::{Deferred, Reply};
use crate::serializer::{Decoder, Encoder};
#[cfg(feature = "cluster")]
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Result, Session, panics};

/// One message and the duty to answer it, of a session that is lent (`&Session`) or owned.
///
/// A request gets exactly one reply: one that is dropped unanswered, because its handler panicked or
/// ran out of time, answers with an error.
#[derive(Debug)]
pub(crate) struct Incoming<S: Borrow<Session> = Session> {
    session: S,
    route: &'static str,
    request: Option<NonZeroU64>,
    /// The time that a deferred reply may take, in milliseconds.
    reply_limit: u64,
    deferred: Option<Arc<Deferred>>,
    measure: Measure,
}

impl<S: Borrow<Session>> Incoming<S> {
    /// A message whose end `measure` is told.
    #[inline]
    pub(crate) fn new(
        session: S,
        route: &'static str,
        request: Option<NonZeroU64>,
        reply_limit: u64,
        measure: Measure,
    ) -> Self {
        Self { session, route, request, reply_limit, deferred: None, measure }
    }

    /// The call of a component, which `deferred` answers; nobody waits for an answer without.
    pub(crate) fn of_call(
        session: S,
        route: &'static str,
        deferred: Option<Arc<Deferred>>,
        measure: Measure,
    ) -> Self {
        Self { session, route, request: None, reply_limit: 0, deferred, measure }
    }

    /// The session that sent the message.
    pub(crate) fn session(&self) -> &Session {
        self.session.borrow()
    }

    /// The route that the message was sent to.
    pub(crate) fn route(&self) -> &'static str {
        self.route
    }

    /// Hands message and duty to one that owns its session, for a handler that has to wait.
    pub(crate) fn into_owned(mut self) -> Incoming<Session> {
        let (request, deferred) = (self.request.take(), self.deferred.take());
        let (session, route, reply_limit) = (self.session().clone(), self.route, self.reply_limit);
        let measure = self.measure.take();
        Incoming { session, route, request, reply_limit, deferred, measure }
    }

    /// Returns `true` if the client waits for an answer.
    pub(crate) fn is_request(&self) -> bool {
        self.request.is_some()
    }

    /// Reads the payload.
    pub(crate) fn decode<T>(&self, body: &[u8], decoder: Decoder<T>) -> Result<T> {
        decoder.read(body, &*self.session().wire().serializer).map_err(|source| {
            Error::with_source(ErrorKind::Decode, "payload does not decode", source)
        })
    }

    /// Hands the duty to answer to a [`Reply`], for as long as the handler does not fail.
    pub(crate) fn defer<T>(&mut self, encoder: Encoder<T>) -> Reply<T> {
        if let Some(of_call) = &self.deferred {
            return Reply::new(of_call.clone(), encoder);
        }
        let deferred = Deferred::new(
            self.session().clone(),
            self.route,
            self.request.take(),
            self.reply_limit,
        );
        self.deferred = Some(deferred.clone());
        Reply::new(deferred, encoder)
    }

    /// Ends a handler that returned the reply.
    #[inline]
    pub(crate) fn reply<T>(mut self, value: &T, encoder: Encoder<T>) {
        if let Some(id) = self.request.take() {
            self.session().respond(id, self.route, value, encoder);
        } else if let Some(of_call) = self.deferred.take() {
            of_call.send(value, encoder);
        }
        self.measure.end(|| Outcome::Ok);
    }

    /// Answers before the handler, which is on another node, has ended.
    #[cfg(feature = "cluster")]
    pub(crate) fn answer_early(&mut self, outcome: &Result<(Content, Bytes)>) {
        let Some(id) = self.request.take() else { return };
        match outcome {
            Ok((content, body)) => self.session().respond_body(id, self.route, *content, body),
            Err(error) => {
                self.measure.end(|| Outcome::Error(error.kind()));
                self.session().respond_error(id, self.route, error);
            }
        }
    }

    /// Ends a handler on another node, whose request has been answered, or nobody waits for the answer of.
    #[cfg(feature = "cluster")]
    pub(crate) fn ended_elsewhere(mut self) {
        self.measure.end(|| Outcome::Ok);
    }

    /// Ends a handler that left the duty to answer to its [`Reply`].
    pub(crate) fn leave_to_reply(mut self) {
        if let Some(deferred) = self.deferred.take() {
            deferred.handler_ended(Ok(()));
        }
        self.measure.end(|| Outcome::Deferred);
    }

    /// Ends a handler that failed. Its error answers, unless its [`Reply`] has.
    pub(crate) fn fail(mut self, error: Error) {
        self.answer(error);
    }

    fn answer(&mut self, error: Error) {
        self.measure.end(|| Outcome::Error(error.kind()));
        match (self.deferred.take(), self.request.take()) {
            (Some(deferred), _) => deferred.handler_ended(Err(error)),
            (None, Some(id)) => self.session().respond_error(id, self.route, &error),
            (None, None) => self.session().log_failure(self.route, &error),
        }
    }

    #[cold]
    fn drop_unanswered(&mut self) {
        // Most likely a panic is unwinding: a second one, of the application's serializer, would end the process.
        if let Err(panic) = panics::catch(|| self.answer_for_dropped_handler()) {
            limited!(self.session().wire().log, ErrorUnsent, route = self.route, %panic);
        }
    }

    fn answer_for_dropped_handler(&mut self) {
        let reason = DROP_REASON.get();
        if matches!(reason, DropReason::Panic) && !std::thread::panicking() {
            // Nothing cut the handler off: it let go of its message by itself.
            return self.answer(reason.error());
        }
        // Not logged here: what cut the handler off is logged where it happens, with its detail.
        match (self.deferred.take(), self.request.take()) {
            (Some(deferred), _) => deferred.cut_off(reason.error()),
            (None, Some(id)) => self.session().send_error(id, self.route, &reason.error()),
            (None, None) => {}
        }
    }
}

impl<'a> Incoming<&'a Session> {
    /// The session that is lent.
    pub(crate) fn lent(&self) -> &'a Session {
        self.session
    }
}

impl Incoming<Session> {
    /// Hands message and duty to one that borrows its session again, for a handler.
    pub(crate) fn lend(mut self, session: &Session) -> Incoming<&Session> {
        let (request, deferred) = (self.request.take(), self.deferred.take());
        let (route, reply_limit) = (self.route, self.reply_limit);
        let measure = self.measure.take();
        Incoming { session, route, request, reply_limit, deferred, measure }
    }
}

impl<S: Borrow<Session>> Drop for Incoming<S> {
    #[inline]
    fn drop(&mut self) {
        if self.request.is_some() || self.deferred.is_some() {
            self.drop_unanswered();
        }
        self.measure.end(|| match DROP_REASON.get() {
            DropReason::Panic => Outcome::Panicked,
            reason => Outcome::Error(reason.error().kind()),
        });
    }
}

/// The reason why a running handler is dropped, which its client is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DropReason {
    /// Unwinding, most likely.
    Panic,
    Timeout,
    Shutdown,
    /// The caller waits no longer.
    Abandoned,
}

impl DropReason {
    pub(crate) fn error(self) -> Error {
        match self {
            // The panic itself is logged where it is caught.
            Self::Panic => Error::internal("the handler did not finish"),
            Self::Timeout => Error::new(ErrorKind::Timeout, "the handler ran out of time"),
            Self::Shutdown => Error::new(ErrorKind::Shutdown, "the server is shutting down"),
            Self::Abandoned => Error::new(ErrorKind::Closed, "the caller waits no longer"),
        }
    }
}

thread_local! {
    // A dropped message cannot be handed a reason, and its drop happens on this very thread.
    static DROP_REASON: Cell<DropReason> = const { Cell::new(DropReason::Panic) };
}

/// Drops a handler's future; the messages inside are answered with `reason`.
pub(crate) fn drop_with_reason<T>(future: T, reason: DropReason, log: &Log) {
    // A call that is dropped with its caller has a reason of its own; behind it, the caller's holds again.
    let outer = DROP_REASON.replace(reason);
    panics::drop_quietly(future, log);
    DROP_REASON.set(outer);
}

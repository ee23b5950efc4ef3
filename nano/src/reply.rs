//! The reply that a handler sends after it has returned.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, Weak};

use bytes::BytesMut;
use tokio::sync::oneshot;

use crate::log::limited;
use crate::serializer::Encoder;
use crate::session::{CallAnswer, OpenReply};
use crate::sync::{Mutex, MutexGuard};
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Session, panics};

/// The duty to answer one request, to be moved into a task and sent later.
///
/// A handler asks for it with a parameter `reply: Reply<T>`. A reply that is dropped answers the
/// request with the error `no_reply`; one that is kept beyond the handler deadline
/// ([`App::handler_timeout`](crate::App::handler_timeout)) is answered with `timeout`.
///
/// # Examples
///
/// ```
/// use nano::{component, Reply};
///
/// struct Oracle;
///
/// #[component]
/// impl Oracle {
///     #[handler]
///     fn ask(&self, question: String, reply: Reply<String>) {
///         tokio::spawn(async move {
///             tokio::time::sleep(std::time::Duration::from_secs(1)).await;
///             reply.send(format!("{question} Perhaps."));
///         });
///     }
/// }
/// ```
#[must_use = "a reply that is dropped answers the request with the error `no_reply`"]
pub struct Reply<T> {
    deferred: Arc<Deferred>,
    encoder: Encoder<T>,
}

impl<T> Reply<T> {
    pub(crate) fn new(deferred: Arc<Deferred>, encoder: Encoder<T>) -> Self {
        Self { deferred, encoder }
    }

    /// Answers the request with `value`. Nothing is sent if the message was a notification, or
    /// if the request has been answered because its time ran out.
    pub fn send(self, value: T) {
        self.deferred.send(&value, self.encoder);
    }

    /// Answers the request with a body that another node has encoded.
    #[cfg(feature = "cluster")]
    pub(crate) fn send_body(self, content: Content, body: &[u8]) {
        if let Some(Asker::Client(id)) = self.deferred.take() {
            let Deferred { session, route, .. } = &*self.deferred;
            session.respond_body(id, route, content, body);
        }
    }

    /// Answers the request with an error, as a handler that returns it does.
    pub fn fail(self, error: impl Into<Error>) {
        self.deferred.fail(&error.into());
    }

    /// Returns `true` if the client still waits for this reply.
    pub fn is_wanted(&self) -> bool {
        self.deferred.is_open() && !self.deferred.session.is_closed()
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        // A panic may be unwinding: see `Call`.
        if let Err(panic) = panics::catch(|| self.deferred.reply_dropped()) {
            let Deferred { session, route, .. } = &*self.deferred;
            limited!(session.wire().log, ErrorUnsent, route, %panic);
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("route", &self.deferred.route).finish_non_exhaustive()
    }
}

/// The request behind a [`Reply`], shared with the handler's call and, for its deadline, with the
/// session.
pub(crate) struct Deferred {
    session: Session,
    route: &'static str,
    state: Mutex<State>,
}

struct State {
    /// Who waits for the answer; `None` once answered, and for notifications.
    asker: Option<Asker>,
    handler_running: bool,
    reply_dropped: bool,
}

/// Who waits for an answer.
enum Asker {
    /// The client, with the id of its request.
    Client(NonZeroU64),
    /// A component.
    Component(oneshot::Sender<CallAnswer>),
}

impl Deferred {
    pub(crate) fn new(
        session: Session,
        route: &'static str,
        request: Option<NonZeroU64>,
        limit: u64,
    ) -> Arc<Self> {
        let deferred = Self::of(session, route, request.map(Asker::Client));
        if request.is_some() {
            let reply = Arc::downgrade(&deferred) as Weak<dyn OpenReply>;
            deferred.session.watch_reply(reply, limit);
        }
        deferred
    }

    /// The duty to answer a component, which itself minds the time.
    pub(crate) fn of_call(
        session: Session,
        route: &'static str,
        answer: oneshot::Sender<CallAnswer>,
    ) -> Arc<Self> {
        Self::of(session, route, Some(Asker::Component(answer)))
    }

    fn of(session: Session, route: &'static str, asker: Option<Asker>) -> Arc<Self> {
        let state = Mutex::new(State { asker, handler_running: true, reply_dropped: false });
        Arc::new(Self { session, route, state })
    }

    /// Takes over the duty to answer.
    fn take(&self) -> Option<Asker> {
        self.state().asker.take()
    }

    /// Answers with a value, if nothing else has answered.
    pub(crate) fn send<T>(&self, value: &T, encoder: Encoder<T>) {
        match self.take() {
            Some(Asker::Client(id)) => self.session.respond(id, self.route, value, encoder),
            Some(Asker::Component(answer)) => {
                let encoded = self.encode(value, encoder);
                if let Err(error) = &encoded {
                    self.session.log_failure(self.route, error);
                }
                // Who gave up waiting needs no answer.
                let _ = answer.send(encoded);
            }
            None => {}
        }
    }

    fn encode<T>(&self, value: &T, encoder: Encoder<T>) -> CallAnswer {
        let (wire, mut body) = (self.session.wire(), BytesMut::new());
        match panics::catch(|| encoder.write(value, &*wire.serializer, &mut body)) {
            Ok(Ok(())) if body.len() > wire.packet_limit => {
                let (len, limit) = (body.len(), wire.packet_limit);
                let message = format!("the reply has {len} bytes, and {limit} are allowed");
                Err(Error::new(ErrorKind::TooLarge, message))
            }
            Ok(Ok(())) => Ok((Content::of::<T>(), body.freeze())),
            Ok(Err(source)) => {
                Err(Error::with_source(ErrorKind::Encode, "the reply does not encode", source))
            }
            Err(panic) => {
                let message = format!("the reply panicked while it was written: {panic}");
                Err(Error::internal(message))
            }
        }
    }

    /// Answers for a handler that was cut off, which is logged elsewhere.
    pub(crate) fn cut_off(&self, error: Error) {
        match self.take() {
            Some(Asker::Client(id)) => self.session.send_error(id, self.route, &error),
            Some(Asker::Component(answer)) => drop(answer.send(Err(error))),
            None => {}
        }
    }

    /// Notes that the handler has returned. Its error answers the request; without one the reply stays open.
    pub(crate) fn handler_ended(&self, result: Result<(), Error>) {
        if let Err(error) = result {
            if !self.answer(&error) {
                self.session.log_failure(self.route, &error);
            }
            return;
        }
        let mut state = self.state();
        state.handler_running = false;
        let dropped = state.reply_dropped;
        drop(state);
        if dropped {
            self.fail(&no_reply());
        }
    }

    /// Answers with an error; returns `false` if nobody waits for it.
    fn answer(&self, error: &Error) -> bool {
        match self.take() {
            Some(Asker::Client(id)) => self.session.respond_error(id, self.route, error),
            Some(Asker::Component(answer)) => {
                self.session.log_failure(self.route, error);
                let _ = answer.send(Err(error.without_source()));
            }
            None => return false,
        }
        true
    }

    fn reply_dropped(&self) {
        let mut state = self.state();
        state.reply_dropped = true;
        // While the handler runs, its own result tells more than `no_reply`.
        let answer_now = !state.handler_running;
        drop(state);
        if answer_now {
            self.fail(&no_reply());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenReply for Deferred {
    fn is_open(&self) -> bool {
        match &self.state().asker {
            Some(Asker::Client(_)) => true,
            Some(Asker::Component(answer)) => !answer.is_closed(),
            None => false,
        }
    }

    fn fail(&self, error: &Error) {
        self.answer(error);
    }
}

fn no_reply() -> Error {
    Error::new(ErrorKind::NoReply, "the handler dropped its reply")
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("route", &self.route).finish_non_exhaustive()
    }
}

#[cfg(all(test, nano_loom))]
mod model;

//! The reply that a handler sends after it has returned.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::log::limited;
use crate::serializer::Encoder;
use crate::session::OpenReply;
#[cfg(feature = "cluster")]
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
        if let Some(id) = self.deferred.take() {
            self.deferred.session.respond(id, self.deferred.route, &value, self.encoder);
        }
    }

    /// Answers the request with a body that another node has encoded.
    #[cfg(feature = "cluster")]
    pub(crate) fn send_body(self, content: Content, body: &[u8]) {
        if let Some(id) = self.deferred.take() {
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
    /// The id to answer; `None` once answered, and for notifications.
    request: Option<NonZeroU64>,
    handler_running: bool,
    reply_dropped: bool,
}

impl Deferred {
    pub(crate) fn new(
        session: Session,
        route: &'static str,
        request: Option<NonZeroU64>,
        limit: u64,
    ) -> Arc<Self> {
        let state = Mutex::new(State { request, handler_running: true, reply_dropped: false });
        let deferred = Arc::new(Self { session, route, state });
        if request.is_some() {
            let reply = Arc::downgrade(&deferred) as Weak<dyn OpenReply>;
            deferred.session.watch_reply(reply, limit);
        }
        deferred
    }

    /// Takes over the duty to answer.
    pub(crate) fn take(&self) -> Option<NonZeroU64> {
        self.state().request.take()
    }

    /// Notes that the handler has returned. Its error answers the request; without one the reply stays open.
    pub(crate) fn handler_ended(&self, result: Result<(), Error>) {
        if let Err(error) = result {
            match self.take() {
                Some(id) => self.session.respond_error(id, self.route, &error),
                None => self.session.log_failure(self.route, &error),
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
        self.state().request.is_some()
    }

    fn fail(&self, error: &Error) {
        if let Some(id) = self.take() {
            self.session.respond_error(id, self.route, error);
        }
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

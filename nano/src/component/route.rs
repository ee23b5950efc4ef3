//! Routes: what is known of a handler before it runs, and how its messages are coded.

#[cfg(feature = "cluster")]
use std::time::Duration;

use super::policy::{Policy, RoutePolicy};
use crate::reply::Reply;
use crate::serializer::{Decoder, Encoder, Shape};

/// The kind of message that typed callers send to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteKind {
    /// They wait for an answer: the handler returns a value or a `Result`, or takes a
    /// [`Reply`](crate::Reply).
    Request,
    /// They wait for nothing: the handler returns nothing at all, or is marked
    /// `#[handler(notify)]`. A client may still send a request, and gets an empty reply or the error.
    Notify,
}

/// What is known of a route before it runs, from [`Server::routes`](crate::Server::routes).
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo {
    name: &'static str,
    method: Option<&'static str>,
    docs: &'static str,
    concurrent: bool,
    internal: bool,
    /// The handler takes the session, or may do so.
    needs_session: bool,
    kind: RouteKind,
    pub(super) policy: RoutePolicy,
}

impl RouteInfo {
    fn new(name: &'static str, kind: RouteKind) -> Self {
        Self {
            name,
            method: None,
            docs: "",
            concurrent: false,
            internal: false,
            needs_session: true,
            kind,
            policy: RoutePolicy::default(),
        }
    }

    /// The route of a handler on another node.
    #[cfg(feature = "cluster")]
    pub(crate) fn elsewhere(
        name: &'static str,
        kind: RouteKind,
        concurrent: bool,
        policy: RoutePolicy,
    ) -> Self {
        Self { concurrent, policy, ..Self::new(name, kind) }
    }

    /// The same with a longer time.
    #[cfg(feature = "cluster")]
    pub(crate) fn waiting_longer(mut self, time: Duration) -> Self {
        self.policy.wait_longer(time);
        self
    }

    /// The route, as clients name it: `room.join`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the method that handles it; that after the last dot of the route, unless it was
    /// renamed.
    pub fn method(&self) -> &'static str {
        let last = self.name.rsplit_once('.').map_or(self.name, |(_, last)| last);
        self.method.unwrap_or(last)
    }

    /// The name up to the last dot: all routes of a component have the same.
    #[cfg(feature = "cluster")]
    pub(crate) fn component(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(component, _)| component)
    }

    /// The method's doc comment.
    pub fn docs(&self) -> &'static str {
        self.docs
    }

    /// The kind of message that typed callers send.
    pub fn kind(&self) -> RouteKind {
        self.kind
    }

    /// Whether the session's next message may overtake this one.
    pub fn is_concurrent(&self) -> bool {
        self.concurrent
    }

    /// Whether only other components call it, and no client: see [`calls`](crate::calls).
    pub fn is_internal(&self) -> bool {
        self.internal
    }

    /// Whether a call needs a session: its handler takes it, or its guard does.
    pub(crate) fn needs_session(&self) -> bool {
        self.needs_session || self.policy.before().is_some()
    }

    /// The conditions under which a message reaches the handler.
    pub fn policy(&self) -> &RoutePolicy {
        &self.policy
    }
}

/// A route with all that is known of it, for [`Definition`](super::Definition).
///
/// Without [`payload`](Self::payload) its handler takes none, and without [`reply`](Self::reply) a
/// request is answered with an empty reply.
#[derive(Clone, Copy, Debug)]
#[must_use = "a route does nothing until it is defined"]
pub struct Route<P = (), A = Encoder<()>> {
    pub(crate) info: RouteInfo,
    pub(super) policy: Policy,
    pub(crate) decoder: Decoder<P>,
    pub(crate) answer: A,
}

impl Route {
    /// A route whose callers wait for an answer.
    pub fn request(name: &'static str) -> Self {
        Self::new(name, RouteKind::Request)
    }

    /// A route whose callers do not wait.
    pub fn notify(name: &'static str) -> Self {
        Self::new(name, RouteKind::Notify)
    }

    fn new(name: &'static str, kind: RouteKind) -> Self {
        Self {
            info: RouteInfo::new(name, kind),
            policy: Policy::new(),
            decoder: Decoder::none(),
            answer: Encoder::unit(),
        }
    }
}

impl<P, A> Route<P, A> {
    /// The name of the method that handles it, where the route does not end in it.
    pub fn method(mut self, method: &'static str) -> Self {
        self.info.method = Some(method);
        self
    }

    /// The text that clients' authors read.
    pub fn docs(mut self, docs: &'static str) -> Self {
        self.info.docs = docs;
        self
    }

    /// Lets the session's next message overtake this one.
    pub fn concurrent(mut self) -> Self {
        self.info.concurrent = true;
        self
    }

    /// Keeps the route from clients: only other components call it, see [`calls`](crate::calls).
    pub fn internal(mut self) -> Self {
        self.info.internal = true;
        self
    }

    /// Lets components call the route without a session: its handler does not use
    /// [`Call::session`](super::Call::session).
    pub fn sessionless(mut self) -> Self {
        self.info.needs_session = false;
        self
    }

    /// The conditions under which a message reaches the handler.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The payload of the messages.
    pub fn payload<T>(self, decoder: Decoder<T>) -> Route<T, A> {
        Route { info: self.info, policy: self.policy, decoder, answer: self.answer }
    }

    /// The reply, which the handler returns.
    pub fn reply<T>(self, encoder: Encoder<T>) -> Route<P, Encoder<T>> {
        Route { info: self.info, policy: self.policy, decoder: self.decoder, answer: encoder }
    }

    /// The reply, for which the handler takes a [`Reply`] beside its payload.
    pub fn reply_later<T>(self, encoder: Encoder<T>) -> Route<P, Later<T>> {
        Route {
            info: self.info,
            policy: self.policy,
            decoder: self.decoder,
            answer: Later(encoder),
        }
    }
}

/// How a handler answers: it returns the reply ([`Encoder`]), or sends it later ([`Later`]).
pub trait Answer: Copy + Send + Sync + 'static {
    /// What the handler is given of a message with the payload `P`.
    type Args<P: Send + 'static>: Send + 'static;
    /// What the handler returns.
    type Output: 'static;
    /// What the client is sent.
    #[doc(hidden)]
    type Reply: 'static;

    #[doc(hidden)]
    fn encoder(&self) -> Encoder<Self::Reply>;
    #[doc(hidden)]
    fn args<P: Send + 'static>(
        payload: P,
        defer: impl FnOnce() -> Reply<Self::Reply>,
    ) -> Self::Args<P>;
    /// The reply that was returned; `None` when it is sent later.
    #[doc(hidden)]
    fn returned(output: Self::Output) -> Option<Self::Reply>;
}

impl<T: 'static> Answer for Encoder<T> {
    type Args<P: Send + 'static> = P;
    type Output = T;
    type Reply = T;

    fn encoder(&self) -> Encoder<T> {
        *self
    }

    fn args<P: Send + 'static>(payload: P, _: impl FnOnce() -> Reply<T>) -> P {
        payload
    }

    fn returned(output: T) -> Option<T> {
        Some(output)
    }
}

/// The answer of a handler that takes a [`Reply`], from [`Route::reply_later`].
#[derive(Debug)]
pub struct Later<T>(Encoder<T>);

impl<T> Clone for Later<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Later<T> {}

impl<T: 'static> Answer for Later<T> {
    type Args<P: Send + 'static> = (P, Reply<T>);
    type Output = ();
    type Reply = T;

    fn encoder(&self) -> Encoder<T> {
        self.0
    }

    fn args<P: Send + 'static>(payload: P, defer: impl FnOnce() -> Reply<T>) -> (P, Reply<T>) {
        (payload, defer())
    }

    fn returned((): ()) -> Option<T> {
        None
    }
}

/// One side of a route's messages, for the check that the app's serializer can handle it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// `None` when every serializer will do.
    pub(crate) shape: Option<Shape>,
    pub(crate) type_name: &'static str,
}

impl<P: 'static, A: Answer> Route<P, A> {
    /// The payload and the reply.
    pub(crate) fn sides(&self) -> [Side; 2] {
        [
            Side { shape: self.decoder.shape(), type_name: std::any::type_name::<P>() },
            Side {
                shape: self.answer.encoder().shape(),
                type_name: std::any::type_name::<A::Reply>(),
            },
        ]
    }
}

//! The inbound stages of an app, which check and change messages on their way to handlers.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::{Result, Session};

/// A message on its way to a handler, for an inbound stage.
///
/// See [`App::inbound`](crate::App::inbound) and [`pipeline`](crate::pipeline).
pub struct InboundMessage<'a> {
    session: Cow<'a, Session>,
    route: &'static str,
    is_request: bool,
    body: Cow<'a, [u8]>,
}

impl<'a> InboundMessage<'a> {
    pub(super) fn new(
        session: &'a Session,
        route: &'static str,
        is_request: bool,
        body: Cow<'a, [u8]>,
    ) -> Self {
        Self { session: Cow::Borrowed(session), route, is_request, body }
    }

    pub(super) fn into_owned(self) -> InboundMessage<'static> {
        let Self { session, route, is_request, body } = self;
        let (session, body) = (Cow::Owned(session.into_owned()), Cow::Owned(body.into_owned()));
        InboundMessage { session, route, is_request, body }
    }

    pub(super) fn into_body(self) -> Cow<'a, [u8]> {
        self.body
    }

    /// Returns the session that sent the message.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the route of the handler.
    pub fn route(&self) -> &'static str {
        self.route
    }

    /// Returns `true` if the client waits for an answer.
    pub fn is_request(&self) -> bool {
        self.is_request
    }

    /// Returns the body as it is so far.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body, to change it in place.
    pub fn body_mut(&mut self) -> &mut Vec<u8> {
        self.body.to_mut()
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = Cow::Owned(body.into());
    }
}

/// Shows nothing of the body.
impl fmt::Debug for InboundMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (session, route) = (&self.session, self.route);
        f.debug_struct("InboundMessage")
            .field("session", session)
            .field("route", &route)
            .finish_non_exhaustive()
    }
}

type PlainStage = Box<dyn Fn(&mut InboundMessage<'_>) -> Result<()> + Send + Sync>;
type WaitingStage = Box<dyn Fn(InboundMessage<'static>) -> StageFuture + Send + Sync>;
type StageFuture = Pin<Box<dyn Future<Output = Result<InboundMessage<'static>>> + Send>>;

/// One inbound stage.
pub(crate) enum InboundStage {
    /// It is ready at once, and allocates nothing.
    Plain(PlainStage),
    /// It may wait.
    Waiting(WaitingStage),
}

impl fmt::Debug for InboundStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "InboundStage::Plain",
            Self::Waiting(_) => "InboundStage::Waiting",
        })
    }
}

//! The outbound stages of an app, which change the bodies of messages on their way to clients.

use std::any::Any;
use std::fmt;

use crate::log::{Log, limited};
use crate::{Error, Result, panics};

/// A message on its way to a client, for an outbound stage.
///
/// See [`App::outbound`](crate::App::outbound) and [`pipeline`](crate::pipeline).
#[derive(Debug)]
pub struct OutboundMessage<'a> {
    kind: OutboundKind,
    route: &'a str,
    body: Vec<u8>,
}

/// The kind of a message on its way to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutboundKind {
    /// The reply to a request.
    Reply,
    /// The error that answers a request.
    Error,
    /// A push, to one client or to many.
    Push,
}

impl<'a> OutboundMessage<'a> {
    pub(super) fn new(kind: OutboundKind, route: &'a str, body: Vec<u8>) -> Self {
        Self { kind, route, body }
    }

    pub(super) fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Returns the kind of the message.
    pub fn kind(&self) -> OutboundKind {
        self.kind
    }

    /// Returns the route of the push, or of the request that is answered.
    pub fn route(&self) -> &str {
        self.route
    }

    /// Returns the body as it is so far.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body, to change it in place.
    pub fn body_mut(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = body.into();
    }
}

/// A stage whose work is the same for all receivers.
pub(crate) type SharedStage = Box<dyn Fn(&mut OutboundMessage<'_>) -> Result<()> + Send + Sync>;

/// A stage with work for each receiver: a session, which this floor does not know.
pub(crate) type SessionStage =
    Box<dyn Fn(&dyn Any, &mut OutboundMessage<'_>) -> Result<()> + Send + Sync>;

/// The outbound stages of an app: first the shared ones, then those of each session, in the order in which they were
/// added.
#[derive(Default)]
pub(crate) struct Stages {
    shared: Vec<SharedStage>,
    session: Vec<SessionStage>,
}

impl Stages {
    pub(crate) fn add_shared(&mut self, stage: SharedStage) {
        self.shared.push(stage);
    }

    pub(crate) fn add_session(&mut self, stage: SessionStage) {
        self.session.push(stage);
    }

    /// Returns `true` if bodies go out as they are written.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.shared.is_empty() && self.session.is_empty()
    }

    /// Returns `true` if every receiver of a broadcast gets a body of its own.
    #[inline]
    pub(crate) fn has_session(&self) -> bool {
        !self.session.is_empty()
    }

    /// Runs the shared stages.
    ///
    /// # Errors
    ///
    /// The error of the first that fails; an internal one if it panics.
    pub(super) fn run_shared(&self, message: &mut OutboundMessage<'_>, log: &Log) -> Result<()> {
        self.shared.iter().try_for_each(|stage| caught(message, log, |message| stage(message)))
    }

    /// Runs the stages of one receiver.
    ///
    /// # Errors
    ///
    /// As [`run_shared`](Self::run_shared).
    pub(super) fn run_session(
        &self,
        receiver: &dyn Any,
        message: &mut OutboundMessage<'_>,
        log: &Log,
    ) -> Result<()> {
        let mut stages = self.session.iter();
        stages.try_for_each(|stage| caught(message, log, |message| stage(receiver, message)))
    }
}

/// Runs a stage. Its panic costs this message and nothing else.
fn caught<'a>(
    message: &mut OutboundMessage<'a>,
    log: &Log,
    stage: impl FnOnce(&mut OutboundMessage<'a>) -> Result<()>,
) -> Result<()> {
    panics::catch(|| stage(message)).unwrap_or_else(|panic| {
        limited!(log, CallPanicked, kind = "outbound stage", route = message.route, %panic);
        Err(Error::internal("an outbound stage panicked"))
    })
}

impl fmt::Debug for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shared, session) = (self.shared.len(), self.session.len());
        f.debug_struct("Stages").field("shared", &shared).field("session", &session).finish()
    }
}

//! The sending of one message to many sessions.

use std::fmt;
use std::sync::Arc;

use crate::log::limited;
use crate::metrics::Dropped;
use crate::push::{Push, PushTarget};
use crate::serializer::Encoder;
use crate::session::carrier::Carrier;
use crate::session::{Session, SessionId};
#[cfg(feature = "cluster")]
use crate::wire::class::Class;
use crate::wire::outgoing::{Outgoing, WriteBody};
use crate::{Error, ErrorKind, Result};

/// A set of sessions, whoever keeps it.
pub(super) trait Audience: Send + Sync {
    /// Returns the sessions, those that are closing included.
    fn listed(&self) -> Result<Arc<[Session]>>;
}

/// Sends a message to those sessions that are open and that `filter` picks. It is encoded once for each of the forms
/// that they need. Returns `true` if it is on its way to one of them at least.
///
/// # Errors
///
/// [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message cannot be sent to any of them.
pub(crate) fn broadcast<'a>(
    sessions: impl IntoIterator<Item = &'a Session>,
    filter: impl Fn(&Session) -> bool,
    push: Push<'_>,
    body: &WriteBody<'_>,
) -> Result<bool> {
    let mut sessions = sessions.into_iter().peekable();
    let Some(first) = sessions.peek() else { return Ok(false) };
    let route = push.route();
    let mut message = Outgoing::broadcast(first.wire(), route, body)?.with_class(push.class());
    deliver(&mut message, route, sessions, filter)
}

/// Sends a message of another node to sessions of this one. Those that the end of the app closes are owed it: their
/// clients are here until their handlers have ended, and it was taken for them where it comes from.
///
/// # Errors
///
/// As [`broadcast`].
#[cfg(feature = "cluster")]
pub(crate) fn relay(sessions: &[Session], push: Push<'_>, body: &WriteBody<'_>) -> Result<bool> {
    let Some(first) = sessions.first() else { return Ok(false) };
    let (route, class) = (push.route(), push.class());
    let mut message = Outgoing::broadcast(first.wire(), route, body)?.with_class(class);
    let mut delivery = Delivery::default();
    for session in sessions {
        let mut sent = session.send(&mut message);
        // Asked after the attempt: it may be closed at any moment.
        if sent.is_err() && session.is_sent_away() {
            message = message.with_class(Class::Owed);
            sent = session.send(&mut message);
            message = message.with_class(class);
        }
        delivery.note(session, route, sent);
    }
    delivery.result()
}

/// Sends a message that was written for many.
pub(super) fn deliver<'a>(
    message: &mut Outgoing<'_>,
    route: &str,
    sessions: impl IntoIterator<Item = &'a Session>,
    filter: impl Fn(&Session) -> bool,
) -> Result<bool> {
    let (mut delivery, mut carried) = (Delivery::default(), Carried::default());
    for session in open(sessions).filter(|session| filter(session)) {
        match session.carrier() {
            None => delivery.note(session, route, session.send(message)),
            Some(Ok(carrier)) => carried.add(carrier, session),
            Some(Err(error)) => delivery.note(session, route, Err(error)),
        }
    }
    for Load { carrier, first, sessions } in carried.0 {
        let taken = carrier.push(message, &sessions);
        delivery.note(first, route, taken.map_err(|refused| first.refused(refused)));
    }
    delivery.result()
}

/// The sessions whose clients are connected to other nodes, by their nodes.
#[derive(Default)]
struct Carried<'a>(Vec<Load<'a>>);

/// Those of one node.
struct Load<'a> {
    carrier: &'a dyn Carrier,
    first: &'a Session,
    sessions: Vec<SessionId>,
}

impl<'a> Carried<'a> {
    fn add(&mut self, carrier: &'a dyn Carrier, session: &'a Session) {
        let same = |load: &&mut Load<'_>| load.carrier.number() == carrier.number();
        match self.0.iter_mut().find(same) {
            Some(load) => load.sessions.push(session.id()),
            None => {
                self.0.push(Load { carrier, first: session, sessions: vec![session.id()] });
            }
        }
    }
}

/// The sessions that are not closing. A session leaves its groups when its last handler has ended, which may be long
/// after it was closed.
pub(super) fn open<'a>(
    sessions: impl IntoIterator<Item = &'a Session>,
) -> impl Iterator<Item = &'a Session> {
    sessions.into_iter().filter(|session| !session.is_closed())
}

/// The outcome of a broadcast.
///
/// A session that is closing, or is closed for reading too slowly, does not affect the others, and a form
/// that cannot be written affects only the sessions that need it. It is an error if no session was reached.
#[derive(Default)]
struct Delivery {
    is_reached: bool,
    unwritable: Option<Error>,
}

impl Delivery {
    fn note(&mut self, session: &Session, route: &str, sent: Result<()>) {
        let Err(error) = sent else {
            self.is_reached = true;
            return;
        };
        if error.kind() == ErrorKind::Closed {
            tracing::debug!(session = %session.id(), route, error = %error.report(), "a member was left out");
            return;
        }
        let log = &session.wire().log;
        if let Some(metrics) = log.metrics() {
            metrics.dropped(Dropped::Unwritable, 1);
        }
        if self.unwritable.is_none() {
            limited!(log, MembersLeftOut, session = %session.id(), route, error = %error.report());
        }
        self.unwritable.get_or_insert(error);
    }

    fn result(self) -> Result<bool> {
        match self.unwritable {
            Some(error) if !self.is_reached => Err(error),
            _ => Ok(self.is_reached),
        }
    }
}

/// Some sessions of a group, or of all, from [`Group::filter`](crate::Group::filter) and its like.
pub struct Filtered<'a, F> {
    audience: &'a dyn Audience,
    filter: F,
}

impl<'a, F: Fn(&Session) -> bool> Filtered<'a, F> {
    pub(super) fn new(audience: &'a dyn Audience, filter: F) -> Self {
        Self { audience, filter }
    }
}

impl<F: Fn(&Session) -> bool> PushTarget for Filtered<'_, F> {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        let sessions = self.audience.listed()?;
        broadcast(&*sessions, &self.filter, push, &|serializer, out| {
            encoder.write(message, serializer, out)
        })?;
        Ok(())
    }
}

impl<F> fmt::Debug for Filtered<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").finish_non_exhaustive()
    }
}

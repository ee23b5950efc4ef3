//! All sessions of an app as the target of pushes.

use std::fmt;
use std::sync::Arc;

use super::broadcast::{Audience, Filtered, broadcast};
use crate::Result;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::session::{Directory, Session};
use crate::wire::outgoing::WriteBody;

/// All sessions of an app, from [`Context::everyone`](crate::Context::everyone),
/// [`Handle::everyone`](crate::Handle::everyone) or [`Server::everyone`](crate::Server::everyone).
///
/// Those whose handshake is complete and that are not closing, whether bound to a user or not. A broadcast is encoded
/// once and never waits for anyone, as that of a [`Group`](crate::Group). Each use makes a list of the sessions: for a
/// message ten times a second to a part of them, a group is cheaper.
///
/// # Examples
///
/// ```
/// use nano::{component, push, Context, Result, Session};
///
/// #[push]
/// trait NewsPush {
///     fn news(text: String);
/// }
///
/// #[derive(Default)]
/// struct News;
///
/// #[component]
/// impl News {
///     #[handler]
///     fn publish(&self, session: &Session, text: String, ctx: &Context<Self>) -> Result<()> {
///         NewsPush::to(&ctx.everyone().except(session)).news(&text)
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Everyone {
    directory: Directory,
}

impl Everyone {
    pub(crate) fn new(directory: Directory) -> Self {
        Self { directory }
    }

    /// Returns the sessions, in no particular order.
    pub fn sessions(&self) -> Vec<Session> {
        self.directory.everyone()
    }

    /// Returns the sessions that `filter` picks, as a target for typed pushes.
    pub fn filter<F: Fn(&Session) -> bool>(&self, filter: F) -> Filtered<'_, F> {
        Filtered::new(self, filter)
    }

    /// Returns all sessions but `session`, as a target for typed pushes.
    pub fn except<'a>(
        &'a self,
        session: &'a Session,
    ) -> Filtered<'a, impl Fn(&Session) -> bool + 'a> {
        self.filter(move |other| other != session)
    }

    /// Sends `message` to every session's handler of a route, such as `"onMessage"`, or with a class: see [`Push`].
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode) or [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when the
    /// message cannot be sent to any session.
    pub fn broadcast<'a, 'r>(
        &self,
        push: impl Into<Push<'r>>,
        message: impl IntoValue<'a>,
    ) -> Result<()> {
        let message = message.into_value();
        self.send(push.into(), &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already to every session.
    ///
    /// # Errors
    ///
    /// As [`Everyone::broadcast`].
    pub fn broadcast_bytes<'r>(&self, push: impl Into<Push<'r>>, body: &[u8]) -> Result<()> {
        self.send(push.into(), &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    fn send(&self, push: Push<'_>, body: &WriteBody<'_>) -> Result<()> {
        broadcast(&self.sessions(), |_| true, push, body)?;
        Ok(())
    }
}

impl Audience for Everyone {
    fn listed(&self) -> Result<Arc<[Session]>> {
        Ok(self.directory.everyone().into())
    }
}

impl PushTarget for Everyone {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.send(push, &|serializer, out| encoder.write(message, serializer, out))
    }
}

impl fmt::Debug for Everyone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Everyone").field("sessions", &self.sessions().len()).finish()
    }
}

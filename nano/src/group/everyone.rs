//! All sessions of an app as the target of pushes.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "cluster")]
use super::broadcast::deliver;
use super::broadcast::{Audience, Filtered, broadcast};
use crate::Result;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::session::{Directory, Session};
#[cfg(feature = "cluster")]
use crate::wire::outgoing::Outgoing;
use crate::wire::outgoing::WriteBody;

/// All sessions of an app, from [`Context::everyone`](crate::Context::everyone),
/// [`Handle::everyone`](crate::Handle::everyone) or [`Server::everyone`](crate::Server::everyone).
///
/// Those whose handshake is complete and that are not closing, whether bound to a user or not. A broadcast is encoded
/// once and never waits for anyone, as that of a [`Group`](crate::Group). Each use makes a list of the sessions: for a
/// message ten times a second to a part of them, a group is cheaper. In a cluster it reaches the clients of all gates,
/// by one message for each gate.
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

    /// Returns the sessions, in no particular order; in a cluster, those that this node knows: its own clients', and those
    /// that have sent it a message.
    pub fn sessions(&self) -> Vec<Session> {
        self.directory.everyone()
    }

    /// Returns the [`sessions`](Self::sessions) that `filter` picks, as a target for typed pushes.
    pub fn filter<F: Fn(&Session) -> bool>(&self, filter: F) -> Filtered<'_, F> {
        Filtered::new(self, filter)
    }

    /// Returns all sessions but `session`, as a target for typed pushes.
    pub fn except<'a>(&'a self, session: &'a Session) -> EveryoneElse<'a> {
        EveryoneElse { everyone: self, session }
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
        self.send(push.into(), None, &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already to every session.
    ///
    /// # Errors
    ///
    /// As [`Everyone::broadcast`].
    pub fn broadcast_bytes<'r>(&self, push: impl Into<Push<'r>>, body: &[u8]) -> Result<()> {
        self.send(push.into(), None, &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    fn send(&self, push: Push<'_>, except: Option<&Session>, body: &WriteBody<'_>) -> Result<()> {
        let is_meant = |session: &Session| except != Some(session);
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere()
            && let Some(wire) = everywhere.wire()
        {
            let (sessions, route) = (self.sessions(), push.route());
            let mut message = Outgoing::broadcast(wire, route, body)?.with_class(push.class());
            // Those of other nodes are among all that their nodes send it to.
            let is_own = |session: &Session| session.link().owner().is_none();
            deliver(&mut message, route, &sessions, |session| {
                is_own(session) && is_meant(session)
            })?;
            return everywhere.push_to_everyone(&message, except.map(Session::id));
        }
        broadcast(&self.sessions(), is_meant, push, body)?;
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
        self.send(push, None, &|serializer, out| encoder.write(message, serializer, out))
    }
}

/// All sessions of an app but one, from [`Everyone::except`].
///
/// # Examples
///
/// ```
/// use nano::{component, push, Context, Result, Session};
///
/// #[push]
/// trait NewsPush {
///     fn joined(name: String);
/// }
///
/// struct News;
///
/// #[component]
/// impl News {
///     #[handler]
///     fn join(&self, session: &Session, name: String, ctx: &Context<Self>) -> Result<()> {
///         NewsPush::to(&ctx.everyone().except(session)).joined(&name)
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EveryoneElse<'a> {
    everyone: &'a Everyone,
    session: &'a Session,
}

impl PushTarget for EveryoneElse<'_> {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.everyone.send(push, Some(self.session), &|serializer, out| {
            encoder.write(message, serializer, out)
        })
    }
}

impl fmt::Debug for Everyone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Everyone").field("sessions", &self.sessions().len()).finish()
    }
}

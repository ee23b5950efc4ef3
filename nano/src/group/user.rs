//! A user as the target of pushes, wherever it is.

use std::fmt;

use super::broadcast::broadcast;
#[cfg(feature = "cluster")]
use super::broadcast::deliver;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::session::{Directory, Session, Uid};
#[cfg(feature = "cluster")]
use crate::wire::outgoing::Outgoing;
use crate::wire::outgoing::WriteBody;
use crate::{Error, ErrorKind, Result};

/// A user, online or not, from [`Context::user`](crate::Context::user), [`Handle::user`](crate::Handle::user) or
/// [`Server::user`](crate::Server::user).
///
/// It is a name that finds the user's sessions each time it is used; see [`users`](crate::users). Only sessions whose
/// handshake is complete and that are not closing count. In a cluster, sessions at all gates count; a push to a user who
/// is at another one is no error, whether it arrives or not.
///
/// # Examples
///
/// ```
/// use nano::{component, push, Context, Result};
///
/// #[push]
/// trait MailPush {
///     fn new_mail(count: u32);
/// }
///
/// #[derive(Default)]
/// struct Mail;
///
/// #[component]
/// impl Mail {
///     #[handler]
///     async fn send(&self, to: i64, ctx: &Context<Self>) -> Result<()> {
///         let user = ctx.user(to);
///         if user.is_online().await {
///             MailPush::to(&user).new_mail(&1)?;
///         }
///         Ok(())
///     }
/// }
/// ```
#[derive(Clone)]
pub struct User {
    uid: Uid,
    directory: Directory,
}

impl User {
    pub(crate) fn new(uid: Uid, directory: Directory) -> Self {
        Self { uid, directory }
    }

    /// Returns the id of the user.
    pub fn uid(&self) -> &Uid {
        &self.uid
    }

    /// Returns `true` if a session of the user is open. Without a cluster it is known at once.
    ///
    /// # Cancel safety
    ///
    /// It changes nothing.
    pub async fn is_online(&self) -> bool {
        let sessions = self.sessions();
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere() {
            // What this node knows of other gates' sessions may be out of date.
            let is_here = sessions.iter().any(|session| session.link().owner().is_none());
            return is_here || everywhere.is_online(self.uid.clone()).await;
        }
        !sessions.is_empty()
    }

    /// Returns the open sessions of the user, in the order in which they were bound; in a cluster, those that this node
    /// knows: its own clients', and those that have sent it a message.
    pub fn sessions(&self) -> Vec<Session> {
        self.directory.of_user(&self.uid)
    }

    /// Kicks all open sessions of the user, as [`Session::kick`] does, and returns the number of those that this node
    /// knows: without a cluster, all of them.
    pub fn kick(&self, reason: impl Into<String>) -> usize {
        let (sessions, reason) = (self.sessions(), reason.into());
        sessions.iter().for_each(|session| session.kick(reason.clone()));
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere() {
            everywhere.kick(&self.uid, reason);
        }
        sessions.len()
    }

    /// Sends `message` to the handler of a route, such as `"onMessage"`, of every session of the user, or with a
    /// class: see [`Push`].
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Offline`] when the user has no open session, or the last one is closed by this very push because
    /// its client reads too slowly; [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message cannot be sent. In a
    /// cluster a user may be at another gate, so that nobody can tell at once: a push to a user who is offline is lost
    /// without an error, and [`ErrorKind::Unavailable`] says that too many wait for their gates.
    pub fn push<'a, 'r>(
        &self,
        push: impl Into<Push<'r>>,
        message: impl IntoValue<'a>,
    ) -> Result<()> {
        let message = message.into_value();
        self.send(push.into(), &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already.
    ///
    /// # Errors
    ///
    /// As [`User::push`].
    pub fn push_bytes<'r>(&self, push: impl Into<Push<'r>>, body: &[u8]) -> Result<()> {
        self.send(push.into(), &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    fn send(&self, push: Push<'_>, body: &WriteBody<'_>) -> Result<()> {
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere()
            && let Some(wire) = everywhere.wire()
        {
            let (sessions, route) = (self.sessions(), push.route());
            let mut message = Outgoing::broadcast(wire, route, body)?.with_class(push.class());
            let mut known = Vec::new();
            if deliver(&mut message, route, &sessions, |_| true)? {
                known = sessions.iter().map(Session::id).collect();
            }
            return everywhere.push_to_user(&self.uid, &message, &known);
        }
        if broadcast(&self.sessions(), |_| true, push, body)? {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Offline, format!("user {} is offline", self.uid)))
    }
}

impl PushTarget for User {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.send(push, &|serializer, out| encoder.write(message, serializer, out))
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("uid", &self.uid).finish_non_exhaustive()
    }
}

//! A user as the target of pushes, wherever it is.

use std::fmt;

use super::broadcast::broadcast;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::session::{Directory, Session, Uid};
use crate::wire::outgoing::WriteBody;
use crate::{Error, ErrorKind, Result};

/// A user, online or not, from [`Context::user`](crate::Context::user), [`Handle::user`](crate::Handle::user) or
/// [`Server::user`](crate::Server::user).
///
/// It is a name that finds the user's sessions each time it is used; see [`users`](crate::users). Only sessions whose
/// handshake is complete and that are not closing count.
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
///     fn send(&self, to: i64, ctx: &Context<Self>) -> Result<()> {
///         let user = ctx.user(to);
///         if user.is_online() {
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

    /// Returns `true` if a session of the user is open.
    pub fn is_online(&self) -> bool {
        !self.sessions().is_empty()
    }

    /// Returns the open sessions of the user, in the order in which they were bound.
    pub fn sessions(&self) -> Vec<Session> {
        self.directory.of_user(&self.uid)
    }

    /// Kicks all open sessions of the user, as [`Session::kick`] does, and returns their number.
    pub fn kick(&self, reason: impl Into<String>) -> usize {
        let (sessions, reason) = (self.sessions(), reason.into());
        sessions.iter().for_each(|session| session.kick(reason.clone()));
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
    /// its client reads too slowly; [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message cannot be sent.
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

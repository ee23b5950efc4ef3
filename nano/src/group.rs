//! Groups: sets of sessions that receive the same messages.

mod broadcast;
mod everyone;
pub(crate) mod roster;
mod user;

use std::fmt;
use std::sync::Arc;

use crate::Result;
use crate::push::{Push, PushTarget};
use crate::serializer::{Encoder, IntoValue};
use crate::session::{Session, Uid};
use crate::wire::outgoing::WriteBody;
pub use broadcast::Filtered;
pub(crate) use broadcast::broadcast;
#[cfg(feature = "cluster")]
pub(crate) use broadcast::relay;
use broadcast::{Audience, open};
pub use everyone::{Everyone, EveryoneElse};
use roster::Roster;
pub use user::User;

/// A set of sessions that receive the same messages: a room, a team, the spectators.
///
/// Cheap to clone; clones are the same group. A session that closes, for whatever reason, is no member from that
/// moment on, even while a handler of it still runs. A broadcast is encoded once and never waits for anyone: a
/// member that reads too slowly is closed, or loses pushes ([`limits`](crate::limits)), which is no error of the
/// broadcast.
///
/// # Examples
///
/// ```
/// use nano::{component, push, Group, Result, Session};
///
/// #[push]
/// trait LobbyPush {
///     #[push(name = "onChat")]
///     fn chat(text: String);
/// }
///
/// #[derive(Default)]
/// struct Lobby { everybody: Group }
///
/// #[component]
/// impl Lobby {
///     #[handler]
///     fn enter(&self, session: &Session) -> Result<()> {
///         LobbyPush::to(&self.everybody.except(session)).chat(&"somebody comes in".into())?;
///         self.everybody.add(session)
///     }
///
///     #[handler]
///     fn say(&self, text: String) -> Result<()> {
///         LobbyPush::to(&self.everybody).chat(&text)
///     }
/// }
/// ```
#[derive(Clone, Default)]
pub struct Group(Arc<Roster>);

impl Group {
    /// Creates an empty group.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a session. Adding a member again does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the group is closed, or the session is closing or closed;
    /// [`ErrorKind::Config`] when the members belong to another app.
    ///
    /// [`ErrorKind::Closed`]: crate::ErrorKind::Closed
    /// [`ErrorKind::Config`]: crate::ErrorKind::Config
    pub fn add(&self, session: &Session) -> Result<()> {
        self.0.join(session)
    }

    /// Removes a session, if it is a member.
    pub fn leave(&self, session: &Session) {
        self.0.leave(session);
    }

    /// Returns `true` if the session is a member.
    pub fn contains(&self, session: &Session) -> bool {
        !session.is_closed() && self.0.contains(session.id())
    }

    /// Returns the number of members, each of which is looked at.
    pub fn len(&self) -> usize {
        self.0.open_len()
    }

    /// Returns `true` if the group has no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the members, in the order in which they were added.
    pub fn members(&self) -> Vec<Session> {
        open(&*self.0.members()).cloned().collect()
    }

    /// Returns the user ids of the members that are bound to a user, in the order in which the members were added.
    pub fn uids(&self) -> Vec<Uid> {
        open(&*self.0.members()).filter_map(Session::uid).collect()
    }

    /// Returns the first member that is bound to the user `uid`.
    pub fn find(&self, uid: impl Into<Uid>) -> Option<Session> {
        let uid = Some(uid.into());
        open(&*self.0.members()).find(|session| session.uid() == uid).cloned()
    }

    /// Sends `message` to every member's handler of a route, such as `"onMessage"`, or with a class:
    /// `Push::latest("onScore")`, see [`Push`].
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the group is closed; [`ErrorKind::Encode`] or
    /// [`ErrorKind::TooLarge`] when the message cannot be sent to any member. When it is too large only in
    /// the form that some members need, these are left out, and a warning is logged.
    ///
    /// [`ErrorKind::Closed`]: crate::ErrorKind::Closed
    /// [`ErrorKind::Encode`]: crate::ErrorKind::Encode
    /// [`ErrorKind::TooLarge`]: crate::ErrorKind::TooLarge
    pub fn broadcast<'a, 'r>(
        &self,
        push: impl Into<Push<'r>>,
        message: impl IntoValue<'a>,
    ) -> Result<()> {
        let message = message.into_value();
        self.send(push.into(), |_| true, &|serializer, out| serializer.encode(message, out))
    }

    /// Sends `message` to those members that `filter` picks.
    ///
    /// # Errors
    ///
    /// As [`Group::broadcast`].
    pub fn multicast<'a, 'r>(
        &self,
        push: impl Into<Push<'r>>,
        message: impl IntoValue<'a>,
        filter: impl Fn(&Session) -> bool,
    ) -> Result<()> {
        let message = message.into_value();
        self.send(push.into(), filter, &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already to every member: a protobuf message in a JSON app, or what was encoded
    /// before.
    ///
    /// A [`#[push]`](macro@crate::push) trait sends a message of type [`Bytes`](bytes::Bytes) in the same way, to some members as well.
    ///
    /// # Errors
    ///
    /// As [`Group::broadcast`].
    pub fn broadcast_bytes<'r>(&self, push: impl Into<Push<'r>>, body: &[u8]) -> Result<()> {
        self.send(push.into(), |_| true, &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    /// Returns the members that `filter` picks, as a target for typed pushes.
    pub fn filter<F: Fn(&Session) -> bool>(&self, filter: F) -> Filtered<'_, F> {
        Filtered::new(self, filter)
    }

    /// Returns all members but `session`, as a target for typed pushes.
    pub fn except<'a>(
        &'a self,
        session: &'a Session,
    ) -> Filtered<'a, impl Fn(&Session) -> bool + 'a> {
        self.filter(move |member| member != session)
    }

    /// Removes all members and takes no more. The sessions stay open. A second call does nothing.
    pub fn close(&self) {
        self.0.close();
    }

    fn send(
        &self,
        push: Push<'_>,
        filter: impl Fn(&Session) -> bool,
        body: &WriteBody<'_>,
    ) -> Result<()> {
        broadcast(&*self.listed()?, filter, push, body)?;
        Ok(())
    }
}

/// Sends a message to all members of some groups, encoded once. Who is in two of them receives it twice.
pub(crate) fn send_to_all(groups: &[&Group], push: Push<'_>, body: &WriteBody<'_>) -> Result<()> {
    let members = groups.iter().map(|group| group.listed()).collect::<Result<Vec<_>>>()?;
    broadcast(members.iter().flat_map(|members| members.iter()), |_| true, push, body)?;
    Ok(())
}

impl Audience for Group {
    fn listed(&self) -> Result<Arc<[Session]>> {
        self.0.open_members()
    }
}

impl PushTarget for Group {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.send(push, |_| true, &|serializer, out| encoder.write(message, serializer, out))
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("members", &self.len()).finish_non_exhaustive()
    }
}

//! Groups: sets of sessions that are sent to together.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use indexmap::IndexMap;

use crate::push::{Broadcast, PushTarget};
use crate::serializer::{Encoder, IntoValue, Serializer, SerializerError};
use crate::session::{Session, SessionId, Uid};
use crate::{Error, ErrorKind, Result};

/// A set of sessions that are sent to together: a room, a team, the spectators.
///
/// Cheap to clone; clones are the same group. A session that ends leaves by itself, before its
/// `session_closed` hooks. A broadcast is encoded once and never waits for anyone: a member that
/// reads too slowly is closed, and that is no error of the broadcast.
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

type Members = IndexMap<SessionId, Session>;

/// The members of one group.
#[derive(Default)]
pub(crate) struct Roster(Mutex<RosterState>);

#[derive(Default)]
struct RosterState {
    // Shared with the broadcasts that are under way, and copied only when it changes meanwhile: no
    // broadcast holds up a join.
    members: Arc<Members>,
    closed: bool,
}

impl Roster {
    fn state(&self) -> MutexGuard<'_, RosterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn members(&self) -> Arc<Members> {
        self.state().members.clone()
    }

    /// Takes a session in; false when it was there.
    pub(crate) fn insert(&self, session: &Session) -> Result<bool> {
        let mut state = self.state();
        if state.closed {
            return Err(Error::new(ErrorKind::Closed, "the group is closed"));
        }
        // One broadcast is written with one app's serializer and dictionary.
        let same_app = |(_, other): (_, &Session)| Arc::ptr_eq(other.core(), session.core());
        if !state.members.first().is_none_or(same_app) {
            let message = "the session belongs to another app than the group's members";
            return Err(Error::new(ErrorKind::Config, message));
        }
        if state.members.contains_key(&session.id()) {
            return Ok(false);
        }
        Arc::make_mut(&mut state.members).insert(session.id(), session.clone());
        Ok(true)
    }

    pub(crate) fn remove(&self, id: SessionId) -> bool {
        let mut state = self.state();
        state.members.contains_key(&id)
            && Arc::make_mut(&mut state.members).shift_remove(&id).is_some()
    }
}

impl Group {
    /// An empty group.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a session. Adding a member again does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the group is closed or the session has ended;
    /// [`ErrorKind::Config`] when the members belong to another app.
    pub fn add(&self, session: &Session) -> Result<()> {
        session.join(&self.0)
    }

    /// Removes a session, if it is a member.
    pub fn leave(&self, session: &Session) {
        session.leave(&self.0);
    }

    /// Whether the session is a member.
    pub fn contains(&self, session: &Session) -> bool {
        self.0.state().members.contains_key(&session.id())
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.state().members.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members, in the order in which they were added.
    pub fn members(&self) -> Vec<Session> {
        self.0.members().values().cloned().collect()
    }

    /// The users of the members that are bound to one, in the order in which they were added.
    pub fn uids(&self) -> Vec<Uid> {
        self.0.members().values().filter_map(Session::uid).collect()
    }

    /// The first member that belongs to a user.
    pub fn find(&self, uid: impl Into<Uid>) -> Option<Session> {
        let uid = Some(uid.into());
        self.0.members().values().find(|session| session.uid() == uid).cloned()
    }

    /// Sends `message` to the handler of `route` of every member.
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the group is closed; [`ErrorKind::Encode`] or
    /// [`ErrorKind::TooLarge`] when the message cannot be sent to anyone.
    pub fn broadcast<'a>(&self, route: &str, message: impl IntoValue<'a>) -> Result<()> {
        let message = message.into_value();
        self.send(route, |_| true, |serializer, out| serializer.encode(message, out))
    }

    /// Sends `message` to the handler of `route` of those members that `filter` picks.
    ///
    /// # Errors
    ///
    /// As [`Group::broadcast`].
    pub fn multicast<'a>(
        &self,
        route: &str,
        message: impl IntoValue<'a>,
        filter: impl Fn(&Session) -> bool,
    ) -> Result<()> {
        let message = message.into_value();
        self.send(route, filter, |serializer, out| serializer.encode(message, out))
    }

    /// The members that `filter` picks, as a target for typed pushes.
    pub fn filter<F: Fn(&Session) -> bool>(&self, filter: F) -> Filtered<'_, F> {
        Filtered { group: self, filter }
    }

    /// Everybody but `session`, as a target for typed pushes.
    pub fn except<'a>(
        &'a self,
        session: &'a Session,
    ) -> Filtered<'a, impl Fn(&Session) -> bool + 'a> {
        self.filter(move |member| member != session)
    }

    /// Removes all members and takes no more. The sessions stay open. Twice is harmless.
    pub fn close(&self) {
        let mut state = self.0.state();
        state.closed = true;
        let members = std::mem::take(&mut state.members);
        drop(state);
        for session in members.values() {
            session.part(&self.0);
        }
    }

    fn send(
        &self,
        route: &str,
        filter: impl Fn(&Session) -> bool,
        write: impl FnOnce(&dyn Serializer, &mut BytesMut) -> Result<(), SerializerError>,
    ) -> Result<()> {
        let members = {
            let state = self.0.state();
            if state.closed {
                return Err(Error::new(ErrorKind::Closed, "the group is closed"));
            }
            state.members.clone()
        };
        let Some((_, first)) = members.first() else { return Ok(()) };
        let core = first.core().clone();
        let mut broadcast = Broadcast::new(&core, route, |out| write(&*core.serializer, out))?;
        for session in members.values().filter(|session| filter(session)) {
            let packet = broadcast.packet(session.dialect())?;
            // A member that is closing, or is closed for reading too slowly, costs the others
            // nothing; the latter is logged.
            if let Err(error) = session.push_packet(packet) {
                tracing::debug!(session = %session.id(), route, %error, "a member was left out");
            }
        }
        Ok(())
    }
}

impl PushTarget for Group {
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.send(route, |_| true, |serializer, out| encoder.write(message, serializer, out))
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("members", &self.len()).finish_non_exhaustive()
    }
}

/// Some members of a group, from [`Group::filter`] or [`Group::except`].
pub struct Filtered<'a, F> {
    group: &'a Group,
    filter: F,
}

impl<F: Fn(&Session) -> bool> PushTarget for Filtered<'_, F> {
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()> {
        let write = |serializer: &dyn Serializer, out: &mut BytesMut| {
            encoder.write(message, serializer, out)
        };
        self.group.send(route, &self.filter, write)
    }
}

impl<F> fmt::Debug for Filtered<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").field("group", self.group).finish_non_exhaustive()
    }
}

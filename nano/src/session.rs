//! Sessions: one connected client each.

mod close;
mod data;
mod id;
pub(crate) mod link;
mod membership;
mod replies;
mod respond;
mod table;
#[cfg(test)]
mod tests;
mod uid;
mod watch;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

pub use close::CloseReason;
pub use id::SessionId;
pub(crate) use id::SessionIds;
pub(crate) use membership::Membership;
pub(crate) use replies::OpenReply;
pub(crate) use table::SessionTable;
pub use uid::Uid;

use crate::clock::{Clock, VisitKey};
use crate::log::limited;
use crate::push::PushTarget;
use crate::serializer::{Encoder, IntoValue};
use crate::wire::Wire;
use crate::wire::outgoing::{Outgoing, WriteBody};
use crate::{Error, ErrorKind, Result};
use data::TypeMap;
use link::{Link, Refused};
use replies::Replies;

/// One connected client. Cheap to clone, usable from anywhere.
///
/// A handler asks for it with a parameter `session: &Session`. It stays usable after the connection
/// has ended: pushes then fail with [`ErrorKind::Closed`].
///
/// # Examples
///
/// ```
/// use nano::{component, Result, Session};
///
/// #[derive(Clone)]
/// struct Score(u32);
///
/// #[derive(Default)]
/// struct Game;
///
/// #[component]
/// impl Game {
///     #[handler]
///     async fn login(&self, session: &Session, uid: i64) -> Result<()> {
///         session.bind(uid).await?;
///         session.insert(Score(0));
///         Ok(())
///     }
///
///     #[handler]
///     fn hit(&self, session: &Session) -> u32 {
///         let score = session.update(|score: &mut Score| {
///             score.0 += 1;
///             score.0
///         });
///         score.unwrap_or(0)
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: SessionId,
    remote: Option<SocketAddr>,
    wire: Arc<Wire>,
    link: Arc<dyn Link>,
    clock: Arc<Clock>,
    state: Mutex<State>,
    /// `true` if a user was bound and the hooks have not run for it yet.
    bound: AtomicBool,
}

#[derive(Default)]
struct State {
    uid: Option<Uid>,
    data: TypeMap,
    groups: Vec<Weak<dyn Membership>>,
    /// The replies that may come late. Few sessions have any.
    late: Option<Box<Late>>,
    ended: bool,
}

#[derive(Default)]
struct Late {
    replies: Replies,
    /// The visit of the session for its open replies, and the time of it.
    visit: Option<(VisitKey, u64)>,
}

impl Session {
    /// Creates a session that reaches its client through `link`.
    pub(crate) fn new(
        id: SessionId,
        remote: Option<SocketAddr>,
        wire: Arc<Wire>,
        link: Arc<dyn Link>,
        clock: Arc<Clock>,
    ) -> Self {
        let (state, bound) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Inner { id, remote, wire, link, clock, state, bound }))
    }

    /// Returns the session's id, unique across all nodes.
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// Returns the address of the peer; `None` for connections that have none, such as in-memory ones. Behind a proxy it is
    /// the proxy's, unless that is trusted to name the client: see [`proxies`](crate::proxies).
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.0.remote
    }

    /// Returns the id of the user that this session is bound to.
    pub fn uid(&self) -> Option<Uid> {
        self.state().uid.clone()
    }

    /// Binds the session to a user. `session_bound` hooks run after the current handler. Binding the
    /// same user again does nothing.
    ///
    /// It is asynchronous because an app of many nodes looks for the user's other sessions; on one node it is
    /// done at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyBound`] when it belongs to another user, [`ErrorKind::Closed`] when it
    /// is closing or closed.
    ///
    /// # Cancel safety
    ///
    /// The session is bound or it is not; dropping the future leaves nothing half done.
    pub async fn bind(&self, uid: impl Into<Uid>) -> Result<()> {
        let uid = uid.into();
        let mut state = self.state();
        match &state.uid {
            Some(bound) if *bound == uid => return Ok(()),
            Some(bound) => {
                let message = format!("the session is bound to user {bound}, not {uid}");
                return Err(Error::new(ErrorKind::AlreadyBound, message));
            }
            None if state.ended || self.is_closed() => return Err(closed()),
            None => state.uid = Some(uid),
        }
        self.0.bound.store(true, Ordering::Release);
        drop(state);
        self.0.link.wake();
        Ok(())
    }

    /// Stores a value of the application, one of each type, and returns the one it replaces. A value
    /// that holds this session keeps it alive for ever.
    pub fn insert<T: Send + 'static>(&self, value: T) -> Option<T> {
        let replaced = self.state().data.insert(value);
        replaced?.with(Option::take)
    }

    /// Returns a clone of the stored value of type `T`.
    pub fn get<T: Clone + Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.get::<T>();
        stored?.with(|value| value.clone())
    }

    /// Returns `true` if a value of type `T` is stored.
    pub fn has<T: Send + 'static>(&self) -> bool {
        self.state().data.has::<T>()
    }

    /// Removes the stored value of type `T` and returns it.
    pub fn remove<T: Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.remove::<T>();
        stored?.with(Option::take)
    }

    /// Changes the stored value of type `T` in place; `None` when there is none. Updates of one value
    /// wait for each other.
    ///
    /// # Panics
    ///
    /// Panics when `f` uses the session's value of type `T` in turn.
    pub fn update<T: Send + 'static, R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let stored = self.state().data.get::<T>();
        stored?.with(|value| value.as_mut().map(f))
    }

    /// Sends `message` to the client's handler of `route`.
    ///
    /// A [`#[push]`](macro@crate::push) trait is the typed form of this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session is closing, or is closed by this very push because the
    /// client reads too slowly; [`ErrorKind::Encode`] or [`ErrorKind::TooLarge`] when the message
    /// cannot be sent.
    pub fn push<'a>(&self, route: &str, message: impl IntoValue<'a>) -> Result<()> {
        let message = message.into_value();
        self.push_written(route, &|serializer, out| serializer.encode(message, out))
    }

    /// Sends a body that is encoded already.
    ///
    /// # Errors
    ///
    /// As [`Session::push`].
    pub fn push_bytes(&self, route: &str, body: &[u8]) -> Result<()> {
        self.push_written(route, &|_, out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    /// Closes the connection, after what was sent before. Does nothing when it is closed already.
    pub fn close(&self) {
        self.0.link.close(CloseReason::Closed);
    }

    /// Sends the client the reason and closes the connection, after what was sent before. Does nothing when the
    /// connection is closed already: the first reason stays.
    pub fn kick(&self, reason: impl Into<String>) {
        self.0.link.close(CloseReason::Kicked(reason.into().into()));
    }

    /// Returns `true` if the session is closing or closed.
    pub fn is_closed(&self) -> bool {
        self.0.link.is_closing()
    }

    /// Returns the reason why the session is closing or closed; `None` while it is open.
    pub fn close_reason(&self) -> Option<CloseReason> {
        self.0.link.close_reason()
    }

    fn push_written(&self, route: &str, body: &WriteBody<'_>) -> Result<()> {
        self.send(&mut Outgoing::push(route, body))
    }

    /// Sends a push, which may be part of a broadcast.
    pub(crate) fn send(&self, message: &mut Outgoing<'_>) -> Result<()> {
        match self.0.link.send(message) {
            Ok(_) => Ok(()),
            Err(refused) => Err(self.refused(refused)),
        }
    }

    fn refused(&self, refused: Refused) -> Error {
        match refused {
            Refused::Closed => closed(),
            Refused::Full { limit } => {
                limited!(self.wire().log, SlowConsumer, session = %self.id(), limit);
                Error::new(ErrorKind::Closed, "the client reads too slowly and was closed")
            }
            Refused::Message(error) => error,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime's side of a session.
impl Session {
    pub(crate) fn wire(&self) -> &Arc<Wire> {
        &self.0.wire
    }

    pub(crate) fn link(&self) -> &dyn Link {
        &*self.0.link
    }

    /// Returns `true` if a user was bound since the last [`take_bound`](Session::take_bound).
    pub(crate) fn is_bound_anew(&self) -> bool {
        self.0.bound.load(Ordering::Relaxed)
    }

    /// Returns `true` if a user was bound since the last call.
    pub(crate) fn take_bound(&self) -> bool {
        self.is_bound_anew() && self.0.bound.swap(false, Ordering::Acquire)
    }

    /// Joins a group by `insert`, which returns `true` if the session was not in it. A session that is closing joins
    /// nothing; one that has ended would never leave.
    pub(crate) fn join(
        &self,
        group: Weak<dyn Membership>,
        insert: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let mut state = self.state();
        if state.ended || self.is_closed() {
            return Err(closed());
        }
        if insert()? {
            state.groups.retain(|group| group.strong_count() > 0);
            state.groups.push(group);
        }
        Ok(())
    }

    /// Leaves a group by `remove`, which returns `true` if the session was in it. Group and session change under one
    /// lock, because another task may be joining.
    pub(crate) fn leave(&self, group: &Weak<dyn Membership>, remove: impl FnOnce() -> bool) {
        let mut state = self.state();
        if remove() {
            state.groups.retain(|other| !other.ptr_eq(group));
        }
    }

    /// Forgets a group that has removed the session.
    pub(crate) fn part(&self, group: &Weak<dyn Membership>) {
        self.state().groups.retain(|other| !other.ptr_eq(group));
    }

    /// Ends the session, which has handled its last message: it leaves every group, joins no more, and is
    /// bound no more. Returns the replies that are still open, which are watched no longer.
    ///
    /// `None` when a user was bound and was not [taken note of](Session::take_bound): nothing has happened.
    pub(crate) fn end(&self) -> Option<Vec<Arc<dyn OpenReply>>> {
        let mut state = self.state();
        if self.0.bound.load(Ordering::Relaxed) {
            return None;
        }
        state.ended = true;
        let Late { mut replies, visit } = state.late.take().map(|late| *late).unwrap_or_default();
        let groups = std::mem::take(&mut state.groups);
        drop(state);
        if let Some((key, due)) = visit {
            self.0.clock.cancel(key, due);
        }
        for group in groups.iter().filter_map(Weak::upgrade) {
            group.remove(self.id());
        }
        Some(replies.take())
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the session is closed")
}

impl PushTarget for Session {
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.push_written(route, &|serializer, out| encoder.write(message, serializer, out))
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Session {}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.0.id.get()).field("uid", &self.uid()).finish()
    }
}

//! Sessions: one connected client each.

mod close;
mod data;
mod id;
mod respond;
mod uid;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::Bytes;

pub use close::CloseReason;
pub use id::SessionId;
pub(crate) use id::SessionIds;
pub use uid::Uid;

use crate::app::Core;
use crate::group::Roster;
use crate::net::dialect::{Dialect, with_scratch};
use crate::net::outbound::{Outbound, Refused};
use crate::push::{self, PushTarget};
use crate::reply::Deferred;
use crate::serializer::{Encoder, IntoValue, Serializer, SerializerError};
use crate::{Error, ErrorKind, Result};
use data::TypeMap;

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
///     fn login(&self, session: &Session, uid: i64) -> Result<()> {
///         session.bind(uid)?;
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
    core: Arc<Core>,
    outbound: Outbound,
    dialect: OnceLock<Dialect>,
    state: Mutex<State>,
    /// When a packet last came, on the app's coarse clock.
    last_seen: AtomicU64,
    /// When the next heartbeat is due, on the same clock; 0 before the handshake.
    next_heartbeat: AtomicU64,
    /// A user was bound, and the hooks do not know it yet.
    bound: AtomicBool,
    /// A handler is running: silence is not the peer's fault.
    busy: AtomicBool,
    /// How many `#[handler(concurrent)]` calls are running.
    concurrent: AtomicUsize,
}

#[derive(Default)]
struct State {
    uid: Option<Uid>,
    data: TypeMap,
    groups: Vec<Weak<Roster>>,
    replies: Vec<(u64, Weak<Deferred>)>,
    ended: bool,
}

impl Session {
    pub(crate) fn new(core: Arc<Core>, remote: Option<SocketAddr>) -> Self {
        Self(Arc::new(Inner {
            id: core.session_ids.next(),
            remote,
            outbound: Outbound::new(core.config.outbound_limit),
            dialect: OnceLock::new(),
            state: Mutex::default(),
            last_seen: AtomicU64::new(core.clock.now()),
            next_heartbeat: AtomicU64::new(0),
            bound: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            concurrent: AtomicUsize::new(0),
            core,
        }))
    }

    /// The session's id, unique across all nodes.
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// The address of the peer; `None` for connections that have none, such as in-memory ones.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.0.remote
    }

    /// The user this session was bound to.
    pub fn uid(&self) -> Option<Uid> {
        self.state().uid.clone()
    }

    /// Says which user this session belongs to. `session_bound` hooks run after the current
    /// handler. Binding the same user again does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyBound`] when it belongs to another user, [`ErrorKind::Closed`] when it
    /// has ended.
    pub fn bind(&self, uid: impl Into<Uid>) -> Result<()> {
        let uid = uid.into();
        let mut state = self.state();
        match &state.uid {
            Some(bound) if *bound == uid => return Ok(()),
            Some(bound) => {
                let message = format!("the session is bound to user {bound}, not {uid}");
                return Err(Error::new(ErrorKind::AlreadyBound, message));
            }
            None if state.ended => return Err(closed()),
            None => state.uid = Some(uid),
        }
        drop(state);
        self.0.bound.store(true, Ordering::Release);
        self.0.outbound.nudge();
        Ok(())
    }

    /// Stores a value of the application's, one of each type, and returns the one it replaces. A value
    /// that holds this very session keeps it alive for ever.
    pub fn insert<T: Send + 'static>(&self, value: T) -> Option<T> {
        let replaced = self.state().data.insert(value);
        replaced?.with(Option::take)
    }

    /// A clone of the stored value of type `T`.
    pub fn get<T: Clone + Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.get::<T>();
        stored?.with(|value| value.clone())
    }

    /// Takes the stored value of type `T` out.
    pub fn remove<T: Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.remove::<T>();
        stored?.with(Option::take)
    }

    /// Changes the stored value of type `T` in place; `None` when there is none. Updates of one value
    /// wait for each other.
    ///
    /// # Panics
    ///
    /// When `f` uses the session's value of type `T` in turn.
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
        self.push_written(route, |out| self.serializer().encode(message, out))
    }

    /// Sends a body that is encoded already.
    ///
    /// # Errors
    ///
    /// As [`Session::push`].
    pub fn push_bytes(&self, route: &str, body: &[u8]) -> Result<()> {
        self.push_written(route, |out| {
            out.extend_from_slice(body);
            Ok(())
        })
    }

    /// Closes the connection, after what was sent before. Harmless when it is closed already.
    pub fn close(&self) {
        self.0.outbound.close(CloseReason::Closed);
    }

    /// Tells the client why and closes the connection, after what was sent before. Harmless when it
    /// is closed already: the first reason stays.
    pub fn kick(&self, reason: impl Into<String>) {
        self.0.outbound.close(CloseReason::Kicked(reason.into().into()));
    }

    /// Whether the session is closing or closed.
    pub fn is_closed(&self) -> bool {
        self.0.outbound.is_closing()
    }

    /// Why the session is closing or closed; `None` while it is open.
    pub fn close_reason(&self) -> Option<CloseReason> {
        self.0.outbound.close_reason()
    }

    fn push_written(
        &self,
        route: &str,
        write: impl FnOnce(&mut bytes::BytesMut) -> Result<(), SerializerError>,
    ) -> Result<()> {
        with_scratch(|out| {
            push::write_push(&self.0.core, out, route, self.dialect(), write)?;
            self.0.outbound.push(out).map_err(|refused| self.refused(refused))
        })
    }

    pub(crate) fn push_packet(&self, packet: &Bytes) -> Result<()> {
        self.0.outbound.push_shared(packet).map_err(|refused| self.refused(refused))
    }

    fn refused(&self, refused: Refused) -> Error {
        if refused == Refused::Full {
            tracing::warn!(
                session = %self.id(),
                limit = self.0.core.config.outbound_limit,
                "a slow consumer is closed: its outbound queue is full"
            );
            return Error::new(ErrorKind::Closed, "the client reads too slowly and was closed");
        }
        closed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the runtime does with a session.
impl Session {
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    pub(crate) fn serializer(&self) -> &dyn Serializer {
        &*self.0.core.serializer
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.0.dialect.get().copied().unwrap_or(Dialect::NANO)
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        // The handshake happens once.
        let _ = self.0.dialect.set(dialect);
    }

    /// Whether a user was bound since this was last asked.
    pub(crate) fn take_bound(&self) -> bool {
        self.0.bound.load(Ordering::Relaxed) && self.0.bound.swap(false, Ordering::Acquire)
    }

    pub(crate) fn seen(&self) {
        self.0.last_seen.store(self.0.core.clock.now(), Ordering::Relaxed);
    }

    pub(crate) fn set_busy(&self, busy: bool) {
        self.0.busy.store(busy, Ordering::Relaxed);
    }

    pub(crate) fn start_heartbeat(&self) {
        let config = &self.0.core.config;
        let first = self.0.core.clock.now() + config.heartbeat_millis();
        self.0.next_heartbeat.store(first, Ordering::Relaxed);
    }

    /// The sweeper's visit: heartbeat, silence, replies that never came.
    pub(crate) fn sweep(&self, now: u64) {
        let next = self.0.next_heartbeat.load(Ordering::Relaxed);
        if next == 0 {
            return;
        }
        let interval = self.0.core.config.heartbeat_millis();
        if now >= next {
            self.0.next_heartbeat.store(next + interval, Ordering::Relaxed);
            self.0.outbound.heartbeat();
        }
        // Behind a handler, or behind too many concurrent ones, its heartbeats wait to be read.
        let busy = self.0.busy.load(Ordering::Relaxed);
        if busy || self.0.concurrent.load(Ordering::Relaxed) > 0 {
            self.seen();
        }
        let silence = now.saturating_sub(self.0.last_seen.load(Ordering::Relaxed));
        if silence > 2 * interval + 1000 {
            self.0.outbound.close(CloseReason::HeartbeatTimeout);
        }
        self.expire_replies(now);
    }

    pub(crate) fn concurrent(&self) -> &AtomicUsize {
        &self.0.concurrent
    }

    /// Joins a group's roster, unless the session has ended.
    pub(crate) fn join(&self, roster: &Arc<Roster>) -> Result<()> {
        let mut state = self.state();
        if state.ended {
            return Err(closed());
        }
        if roster.insert(self)? {
            state.groups.retain(|group| group.strong_count() > 0);
            state.groups.push(Arc::downgrade(roster));
        }
        Ok(())
    }

    /// Leaves a group's roster: both sides at once, as another task may be joining.
    pub(crate) fn leave(&self, roster: &Arc<Roster>) {
        let mut state = self.state();
        if roster.remove(self.id()) {
            let roster = Arc::downgrade(roster);
            state.groups.retain(|group| !group.ptr_eq(&roster));
        }
    }

    /// Forgets a group that has let it go.
    pub(crate) fn part(&self, roster: &Arc<Roster>) {
        let roster = Arc::downgrade(roster);
        self.state().groups.retain(|group| !group.ptr_eq(&roster));
    }

    /// The session has handled its last message: it leaves every group and joins no more.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        let groups = std::mem::take(&mut state.groups);
        drop(state);
        for roster in groups.iter().filter_map(Weak::upgrade) {
            roster.remove(self.id());
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the session is closed")
}

impl PushTarget for Session {
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()> {
        self.push_written(route, |out| encoder.write(message, self.serializer(), out))
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

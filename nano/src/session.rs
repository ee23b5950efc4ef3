//! Sessions: one connected client each.

mod burst;
mod caller;
mod calls;
pub(crate) mod carrier;
#[cfg(feature = "cluster")]
mod claimed;
mod close;
mod common;
mod data;
mod depth;
mod directory;
#[cfg(feature = "cluster")]
pub(crate) mod everywhere;
mod groups;
mod id;
mod idle;
mod joined;
pub(crate) mod link;
mod lost;
mod membership;
#[cfg(all(test, nano_loom))]
mod model;
mod nobody;
mod node;
mod nodes;
pub(crate) mod owner;
#[cfg(feature = "cluster")]
mod proxy;
mod replies;
mod respond;
mod rooms;
mod sending;
mod sent;
mod session_data;
mod staging;
mod store;
mod table;
#[cfg(test)]
mod tests;
#[cfg(feature = "cluster")]
mod there;
mod trace;
mod uid;
mod unroute;
mod user;
mod users;
mod values;
mod watch;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, PoisonError, Weak};
#[cfg(feature = "admin")]
use std::time::Duration;

pub use caller::{AppCaller, AppProtobuf, AppSerializer};
#[cfg(feature = "cluster")]
pub(crate) use calls::{Arrival, RoomEntry};
pub(crate) use calls::{CallAnswer, CallTarget, Calls, ComponentCall, Depth};
pub use close::CloseReason;
pub(crate) use common::Common;
pub(crate) use directory::Directory;
pub(crate) use groups::Ended;
pub use id::SessionId;
pub(crate) use id::SessionIds;
#[cfg(feature = "cluster")]
pub(crate) use joined::There;
pub(crate) use joined::{Joined, RoomPlace};
pub(crate) use membership::Membership;
pub use node::{Node, NodeState};
pub use nodes::Nodes;
#[cfg(feature = "cluster")]
pub(crate) use proxy::Snapshot;
pub(crate) use replies::OpenReply;
pub use session_data::SessionData;
pub(crate) use table::SessionTable;
#[cfg(feature = "cluster")]
pub(crate) use there::new_entry;
pub use uid::Uid;
pub use users::DuplicateLogin;

use crate::clock::{Clock, VisitKey};
use crate::sync::{Mutex, MutexGuard};
use crate::wire::Wire;
use crate::{Error, ErrorKind, TraceParent};
use data::TypeMap;
use joined::JoinedRooms;
use link::Link;
use replies::Replies;
use values::Values;

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
    remote: Mutex<Option<SocketAddr>>,
    wire: Arc<Wire>,
    link: Arc<dyn Link>,
    clock: Arc<Clock>,
    /// When it began, by the clock.
    #[cfg(feature = "admin")]
    since: u64,
    common: Arc<Common<Session>>,
    state: Mutex<State>,
    /// `true` once the handshake is complete.
    opened: AtomicBool,
    /// The time of the client's last message, by the clock.
    heard: AtomicU64,
    /// `true` if a user was bound and the hooks have not run for it yet.
    bound: AtomicBool,
    /// Held while a message passes the stages of this session.
    staging: Mutex<()>,
}

#[derive(Default)]
struct State {
    uid: Option<Uid>,
    data: TypeMap,
    /// The values of `Session::data`. Few sessions have any.
    values: Option<Box<Values>>,
    groups: Vec<Weak<dyn Membership>>,
    /// Few apps have rooms.
    rooms: Option<Box<JoinedRooms>>,
    /// The replies that may come late. Few sessions have any.
    late: Option<Box<Late>>,
    trace: Option<Box<TraceParent>>,
    /// Counts the changes of user and data, so that other nodes are told of them.
    #[cfg(feature = "cluster")]
    version: u64,
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
        common: Arc<Common<Self>>,
    ) -> Self {
        let (state, heard) = (Mutex::default(), AtomicU64::new(clock.now()));
        let [opened, bound] = [false; 2].map(AtomicBool::new);
        let (staging, remote) = (Mutex::default(), Mutex::new(remote));
        #[cfg(feature = "admin")]
        let since = clock.now();
        Self(Arc::new(Inner {
            id,
            remote,
            wire,
            link,
            clock,
            #[cfg(feature = "admin")]
            since,
            common,
            state,
            opened,
            heard,
            bound,
            staging,
        }))
    }

    /// Returns the session's id, unique across all nodes.
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// Returns the address of the peer; `None` for connections that have none, such as in-memory ones. Behind a proxy it is
    /// the proxy's, unless that is trusted to name the client: see [`proxies`](crate::proxies).
    ///
    /// After its client [came back](crate::resume) over another connection, it is the address of that.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        *self.0.remote.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime's side of a session.
impl Session {
    pub(crate) fn wire(&self) -> &Arc<Wire> {
        &self.0.wire
    }

    /// Returns the time since the session began.
    #[cfg(feature = "admin")]
    pub(crate) fn age(&self) -> Duration {
        Duration::from_millis(self.0.clock.now().saturating_sub(self.0.since))
    }

    pub(crate) fn link(&self) -> &dyn Link {
        &*self.0.link
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the session is closed")
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

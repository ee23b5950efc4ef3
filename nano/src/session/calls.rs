//! Calls of components, on their way from the caller to the handler.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use crate::Result;
use crate::wire::Wire;
use crate::wire::outgoing::Content;

/// The answer to a call.
pub(crate) type CallAnswer = Result<(Content, Bytes)>;

/// The way of calls in a running app. `S` is the session.
pub(crate) trait Calls<S>: Send + Sync {
    /// The form of the app's messages.
    fn wire(&self) -> &Arc<Wire>;

    /// Lets the node that serves a component for the session be chosen anew.
    fn unroute(&self, session: &S, component: &str);

    /// Lets a session enter a room on another node.
    #[cfg(feature = "cluster")]
    fn enter_room(
        self: Arc<Self>,
        entry: RoomEntry<S>,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>>;

    /// Returns `true` if the node of a room can still know of it: the link is the same.
    #[cfg(feature = "cluster")]
    fn is_linked(&self, there: super::There) -> bool;

    /// Lets a session of this node leave the room of a component on another node; `false` when it is in none.
    #[cfg(feature = "cluster")]
    fn leave_room(&self, session: &S, component: &'static str) -> bool;

    /// Makes a call, and gives the body of its answer, which is empty for a notify.
    fn call(
        self: Arc<Self>,
        call: ComponentCall<S>,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes>> + Send>>;
}

/// One call of a handler.
#[derive(Debug)]
pub(crate) struct ComponentCall<S> {
    pub(crate) route: String,
    pub(crate) body: Bytes,
    /// Nobody waits for an answer.
    pub(crate) is_notify: bool,
    pub(crate) target: CallTarget<S>,
    pub(crate) depth: Depth,
    /// The session is to enter a room: the route is the name of its component, and the body the value for its hook.
    #[cfg(feature = "cluster")]
    pub(crate) arrival: Option<Arrival>,
}

/// The room that a session is to enter, for another node.
#[cfg(feature = "cluster")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// The id of the room.
    pub(crate) room: u64,
    /// The number of the entry; 0 for a new one.
    pub(crate) entry: u64,
}

/// The entry of a session into a room on another node.
#[cfg(feature = "cluster")]
#[derive(Debug)]
pub(crate) struct RoomEntry<S> {
    pub(crate) session: S,
    pub(crate) component: &'static str,
    pub(crate) node: u32,
    pub(crate) room: u64,
    /// The value for the hook, as JSON.
    pub(crate) value: Bytes,
    pub(crate) depth: Depth,
}

/// The node that a call goes to, of those that have the handler.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "there is one node"))]
pub(crate) enum CallTarget<S> {
    Any,
    Named(String),
    Number(u32),
    /// The same node for the same key.
    Key(String),
    LeastLoaded,
    /// The node that serves the session, on behalf of which the call is made.
    Session(S),
    /// A room, by the number of its node and its id there.
    Room(u32, u64),
}

/// The number of calls that a call is made within, itself included, and the time at which the outermost of them is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) calls: u32,
    pub(crate) until: Option<Instant>,
}

impl<S> CallTarget<S> {
    /// The session that the call is made for.
    pub(crate) fn session(&self) -> Option<&S> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }
}

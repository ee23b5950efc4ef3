//! The users and sessions of all nodes, as this one reaches them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{Node, SessionId, Uid};
use crate::Result;
use crate::wire::Wire;
use crate::wire::outgoing::Outgoing;

/// The answer of other nodes.
pub(crate) type Answered<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A room of this node that is to have a name.
pub(crate) struct RoomClaim {
    pub(crate) component: &'static str,
    pub(crate) name: Arc<str>,
    pub(crate) room: u64,
    /// Closes the room, which has lost its name.
    pub(crate) close: Box<dyn Fn() + Send + Sync>,
}

/// The users and sessions of all nodes.
pub(crate) trait Everywhere: Send + Sync {
    /// The form of the app's messages.
    fn wire(&self) -> Option<&Arc<Wire>>;

    /// Returns `true` if a user has one session in the whole cluster, which has to claim it.
    fn has_single_sessions(&self) -> bool;

    /// Notes that a session of this node is about to claim a user.
    fn claim_begins(&self, uid: &Uid, session: SessionId);

    /// Notes that it has the user, or does not ask for it any more.
    fn claim_ends(&self, uid: &Uid, session: SessionId);

    /// Claims a user for a session of this node, after [`claim_begins`](Self::claim_begins).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyOnline`](crate::ErrorKind::AlreadyOnline) when another session keeps the user;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when nobody can tell.
    fn claim(self: Arc<Self>, uid: Uid, session: SessionId) -> Answered<Result<()>>;

    /// Frees a user, if it is this session's still.
    fn release(&self, uid: &Uid, session: SessionId);

    /// Sends a push to the sessions of a user at other nodes, but those that are `known` here and have it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when too much waits.
    fn push_to_user(&self, uid: &Uid, message: &Outgoing<'_>, known: &[SessionId]) -> Result<()>;

    /// Sends a push to all sessions of other nodes.
    ///
    /// # Errors
    ///
    /// As [`push_to_user`](Self::push_to_user).
    fn push_to_everyone(&self, message: &Outgoing<'_>, except: Option<SessionId>) -> Result<()>;

    /// Returns this node, as the others know it.
    fn me(&self) -> Node;

    /// Returns the members of the cluster, in the order of their numbers.
    fn all(&self) -> Vec<Node>;

    /// Returns the number of this node; 0 before it has joined.
    fn number(&self) -> u32;

    /// Claims a name for a room of this node.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomNameTaken`](crate::ErrorKind::RoomNameTaken) when another room has it;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when nobody can tell.
    fn claim_room(self: Arc<Self>, claim: RoomClaim) -> Answered<Result<()>>;

    /// Frees the name of a room, which may have none.
    fn release_room(&self, room: u64);

    /// Returns the node and the id of the room with a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when nobody can tell.
    fn find_room(
        self: Arc<Self>,
        component: &'static str,
        name: &str,
    ) -> Answered<Result<Option<(u32, u64)>>>;

    /// Kicks the sessions of a user at other nodes.
    fn kick(&self, uid: &Uid, reason: String);

    /// Returns `true` if a session of the user is open at another node.
    fn is_online(self: Arc<Self>, uid: Uid) -> Answered<bool>;
}

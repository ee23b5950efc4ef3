//! The handlers of other nodes, as the dispatch of a session and the calls of components find them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::Result;
use crate::routes::RouteHandler;
use crate::session::{ComponentCall, RoomEntry, Session, There};

/// The outcome of what another node is asked to do.
pub(crate) type Answered = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// The handlers of other nodes.
pub(crate) trait Elsewhere: Send + Sync {
    /// Returns the handler of a route, by the bytes of its name.
    fn route(&self, name: &[u8]) -> Option<Arc<RouteHandler>>;

    /// Returns the name of the route that a code of a client stands for, if the app does not know it itself.
    fn route_of_code(&self, code: u16) -> Option<&'static str>;

    /// Takes the call of a component to its node, which is this one or, if it has the handler, may be.
    fn call(&self, call: ComponentCall<Session>, is_here: bool) -> Placed;

    /// Forgets the node that serves a component for a session of this node's clients.
    fn unroute(&self, session: &Session, component: &str);

    /// Lets a session enter a room on another node.
    fn enter_room(self: Arc<Self>, entry: RoomEntry<Session>) -> Answered;

    /// Returns `true` if the node of a room can still know of it: the link is the same.
    fn is_linked(&self, there: There) -> bool;

    /// Lets a session of this node leave the room of a component on another node; `false` when it is in none.
    fn leave_room(&self, session: &Session, component: &'static str) -> bool;

    /// Takes note that the connection of a client of this node is lost, or that the client is back.
    fn presence(&self, session: &Session, is_lost: bool);

    /// Takes note of the end of a session, once. Its messages may have gone to other nodes.
    fn ended(&self, session: &Session);
}

/// The call of a component after the choice of its node.
pub(crate) enum Placed {
    Here(ComponentCall<Session>),
    /// It is on its way, or refused, when this is polled.
    Elsewhere(Pin<Box<dyn Future<Output = Result<Bytes>> + Send>>),
}

//! The node that owns a session, for the other nodes.

use std::future::Future;
use std::pin::Pin;

use super::Uid;
use crate::Result;

/// A change of a session's data.
#[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "only other nodes read it"))]
#[derive(Clone, Copy, Debug)]
pub(crate) enum DataChange<'a> {
    /// A value, as JSON.
    Set(&'a str, &'a str),
    Unset(&'a str),
    /// A snapshot in place of all values.
    Restore(&'a [u8]),
}

/// The node that owns a session whose messages are handled here.
pub(crate) trait Owner: Send + Sync {
    /// Binds the session to a user there.
    fn bind(&self, uid: &Uid) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>>;

    /// Returns the number of the changes there that this node was told of.
    #[cfg(feature = "cluster")]
    fn version(&self) -> u64;

    /// Notes that the handler of a message goes on beside the session's others, and is [over](Self::ended_beside) later.
    #[cfg(feature = "cluster")]
    fn goes_beside(&self, message: u64);

    /// Tells that node that such a handler has ended.
    #[cfg(feature = "cluster")]
    fn ended_beside(&self, message: u64);

    /// Lets the node that serves a component for the session be chosen anew there.
    fn unroute(&self, component: &str);

    /// Notes there that the session is about to enter a room, by an entry: one of a certain node, or of this one with 0.
    #[cfg(feature = "cluster")]
    fn enter_room(
        &self,
        component: &str,
        node: u32,
        entry: u64,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>>;

    /// Notes there that an entry into a room of this node is over.
    #[cfg(feature = "cluster")]
    fn left_room(&self, component: &str, entry: u64, has_ended: bool);

    /// Lets the session leave the room of a certain node, or of any with 0, that it has entered by an entry, or by any with 0.
    #[cfg(feature = "cluster")]
    fn leave_room(&self, component: &str, node: u32, entry: u64);

    /// Makes a change of the session's data there.
    fn change(&self, change: DataChange<'_>);
}

//! The room that a session has lost with its node.

/// The room that a session has lost, as a parameter of the `#[on(room_lost)]` hook: it was on a node that cannot be reached
/// any more.
///
/// The hook runs on the session's own node, in a component and not in a room: the room is gone. The page
/// [`nodes`](crate::nodes#when-a-node-is-lost) has the rules.
///
/// # Examples
///
/// Players are brought to another table:
///
/// ```
/// use nano::{App, Context, LostRoom, Result, RoomType, Session, component};
///
/// #[derive(Default)]
/// struct Table;
///
/// #[component(room)]
/// impl Table {}
///
/// struct Lobby;
///
/// #[component]
/// impl Lobby {
///     #[on(room_lost)]
///     async fn rescue(&self, session: &Session, room: LostRoom, ctx: &Context<Self>) -> Result<()> {
///         if room.is_of::<Table>() {
///             tracing::warn!(node = room.node(), session = %session.id(), "a table is lost");
///             session.enter(ctx.find_or_open(|_| true, Table::default)?).await?;
///         }
///         Ok(())
///     }
/// }
///
/// let app = App::new().component(Lobby).rooms(RoomType::<Table>::new());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LostRoom {
    component: &'static str,
    node: u32,
}

impl LostRoom {
    #[cfg(feature = "cluster")]
    pub(crate) fn new(component: &'static str, node: u32) -> Self {
        Self { component, node }
    }

    /// The name of the room's component: `table`.
    pub fn component(&self) -> &'static str {
        self.component
    }

    /// The number of the node that had the room.
    pub fn node(&self) -> u32 {
        self.node
    }
}

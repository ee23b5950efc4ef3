//! A room before it opens.

use std::fmt;
use std::sync::Arc;

use super::Room;

/// A room before it opens, with its name and what lobbies see of it.
///
/// A value of the room's own type is one, too: without a name, public, and with the default info.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, NewRoom, Result, RoomId};
///
/// #[derive(Default)]
/// struct Table;
///
/// #[derive(Default)]
/// struct TableInfo { stake: u32 }
///
/// #[component(room(info = TableInfo))]
/// impl Table {}
///
/// struct Lobby;
///
/// #[component]
/// impl Lobby {
///     #[handler]
///     fn open(&self, stake: u32, ctx: &Context<Self>) -> Result<RoomId> {
///         let table = NewRoom::new(Table).info(TableInfo { stake }).private();
///         Ok(ctx.open(table)?.id())
///     }
/// }
/// ```
#[must_use = "a room has to be opened"]
pub struct NewRoom<R: Room> {
    pub(super) room: R,
    pub(super) name: Option<Arc<str>>,
    pub(super) info: R::Info,
    pub(super) is_private: bool,
}

impl<R: Room> NewRoom<R> {
    /// Creates a room without a name, which is public, with the default info.
    pub fn new(room: R) -> Self {
        Self { room, name: None, info: R::Info::default(), is_private: false }
    }

    /// Names the room. No other room of the type may have the name while this one is open.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the value that lobbies see, until [`Context::set_info`](crate::Context::set_info) sets another.
    pub fn info(mut self, info: R::Info) -> Self {
        self.info = info;
        self
    }

    /// Keeps the room out of lobbies and matchmaking. Who has its id or name can enter.
    pub fn private(mut self) -> Self {
        self.is_private = true;
        self
    }
}

impl<R: Room> From<R> for NewRoom<R> {
    fn from(room: R) -> Self {
        Self::new(room)
    }
}

impl<R: Room> fmt::Debug for NewRoom<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRoom")
            .field("name", &self.name)
            .field("is_private", &self.is_private)
            .finish_non_exhaustive()
    }
}

//! The watch over the rooms that a lobby shows.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Weak};

use tokio::sync::watch;

use super::{Room, RoomId, RoomInfo, RoomSet};

/// Returns `true` if a lobby shows rooms with these flags.
pub(super) fn is_shown(is_locked: bool, is_private: bool) -> bool {
    !is_locked && !is_private
}

/// A watch over the rooms that a lobby shows, from [`Rooms::watch`](super::Rooms::watch).
///
/// However slowly it is asked, nothing piles up: what has happened since the last call is told as one change.
///
/// # Examples
///
/// A lobby that tells its visitors what changes, at most twice a second:
///
/// ```
/// use std::time::Duration;
/// use nano::{component, push, Context, Group, Result, RoomId};
///
/// #[derive(Default)]
/// struct Table;
///
/// #[component(room)]
/// impl Table {}
///
/// #[push]
/// trait LobbyPush {
///     fn tables(free: Vec<(RoomId, usize)>);
///     fn gone(tables: Vec<RoomId>);
/// }
///
/// #[derive(Default)]
/// struct Lobby { visitors: Group }
///
/// #[component]
/// impl Lobby {
///     #[on(after_init)]
///     fn watch(&self, ctx: &Context<Self>) -> Result<()> {
///         let (mut watch, visitors) = (ctx.rooms::<Table>()?.watch(), self.visitors.clone());
///         tokio::spawn(async move {
///             while let Some(changes) = watch.changed().await {
///                 let free = changes.shown.iter().map(|table| (table.id, table.max_members - table.members));
///                 let told = LobbyPush::to(&visitors).tables(&free.collect());
///                 if told.and_then(|()| LobbyPush::to(&visitors).gone(&changes.gone)).is_err() {
///                     break;
///                 }
///                 tokio::time::sleep(Duration::from_millis(500)).await;
///             }
///         });
///         Ok(())
///     }
/// }
/// ```
pub struct RoomWatch<R: Room> {
    rooms: Weak<RoomSet<R>>,
    count: Option<watch::Receiver<u64>>,
    /// The number of the last change that was told.
    told: u64,
    shown: BTreeSet<RoomId>,
    has_begun: bool,
}

/// The changes of the rooms that a lobby shows, from [`RoomWatch::changed`].
#[derive(Debug)]
#[non_exhaustive]
pub struct RoomChanges<I> {
    /// The rooms that are shown now and were not, or of which something has changed.
    pub shown: Vec<RoomInfo<I>>,
    /// The rooms that are shown no more: they have ended, or are locked or private.
    pub gone: Vec<RoomId>,
}

impl<R: Room> RoomWatch<R> {
    pub(super) fn new(rooms: &Arc<RoomSet<R>>) -> Self {
        let (rooms, count) = (Arc::downgrade(rooms), rooms.directory.watch());
        Self { rooms, count, told: 0, shown: BTreeSet::new(), has_begun: false }
    }

    /// Waits for changes, and returns them; `None` when the app ends. The first call returns all rooms that are shown, at
    /// once.
    ///
    /// # Cancel safety
    ///
    /// No change is lost when the future is dropped.
    pub async fn changed(&mut self) -> Option<RoomChanges<R::Info>> {
        loop {
            // Noted before the look: a change after it is seen by the next one.
            self.count.as_mut()?.borrow_and_update();
            let changes = self.look()?;
            if !std::mem::replace(&mut self.has_begun, true)
                || !changes.shown.is_empty()
                || !changes.gone.is_empty()
            {
                return Some(changes);
            }
            self.count.as_mut()?.changed().await.ok()?;
        }
    }

    fn look(&mut self) -> Option<RoomChanges<R::Info>> {
        let rooms = self.rooms.upgrade()?;
        let (shown, same, told) = rooms.directory.list_changed(self.told, is_shown);
        self.told = told;
        let now: BTreeSet<RoomId> = shown.iter().map(|room| room.id).chain(same).collect();
        let gone = self.shown.difference(&now).copied().collect();
        self.shown = now;
        Some(RoomChanges { shown, gone })
    }
}

impl<R: Room> fmt::Debug for RoomWatch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomWatch").field("room", &R::NAME).finish_non_exhaustive()
    }
}

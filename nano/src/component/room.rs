//! Rooms: components of which an app opens many, such as matches, tables and zones.
//!
//! The guide is [`rooms`](crate::rooms). Here are the parts: [`Room`] is what `#[component(room)]` implements,
//! [`RoomType`] registers it, [`NewRoom`] is one before it opens, [`Rooms`] all that are open, [`Seat`] a place in one.

mod access;
mod admit;
#[cfg(feature = "cluster")]
mod arrival;
mod audience;
mod claim;
mod close;
mod core;
mod define;
mod directory;
mod drain;
mod enter;
mod entrance;
#[cfg(feature = "cluster")]
mod entry_value;
mod exit;
mod hook;
mod id;
mod info;
mod leave_reason;
mod limits;
#[cfg(feature = "admin")]
mod listed;
mod lost_room;
mod lost_type;
mod named;
mod new;
mod open;
mod opened;
mod reference;
mod room_type;
mod rooms;
mod seat;
mod set;
mod watch;

pub use audience::Audience;
pub(crate) use core::RoomCore;
pub use entrance::Entrance;
pub use hook::{Enter, Leave, LoseRoom, RoomEvent};
pub use id::RoomId;
pub(crate) use id::RoomIds;
pub use info::RoomInfo;
pub use leave_reason::LeaveReason;
#[cfg(feature = "admin")]
pub(crate) use listed::ListedRoom;
pub use lost_room::LostRoom;
pub use new::NewRoom;
pub(crate) use opened::OpenRoom;
pub use reference::RoomRef;
pub use room_type::RoomType;
pub use rooms::Rooms;
pub use seat::Seat;
pub(crate) use set::{RoomSet, Surroundings};
pub use watch::{RoomChanges, RoomWatch};

use super::Component;

/// A component of which an app opens many instances: a match, a table, a zone.
///
/// Written by [`#[component(room)]`](macro@crate::component), which also writes [`Definition::room`] into the
/// definition. The guide is [`rooms`](crate::rooms).
///
/// [`Definition::room`]: super::Definition::room
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a room",
    note = "mark its impl block with `#[component(room)]`"
)]
pub trait Room: Component {
    /// The value that a session enters with: the payload of the `#[on(enter)]` hook.
    type Entry: Send + 'static;

    /// The value that lobbies and matchmaking see of a room: `#[component(room(info = TableInfo))]`.
    type Info: Default + Send + Sync + 'static;
}

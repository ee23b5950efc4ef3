//! The messages between pages and nodes.

use nano::push;
use serde::{Deserialize, Serialize};

/// Who comes in, and where to.
#[derive(Deserialize, Serialize)]
pub(crate) struct Enter {
    pub(crate) name: String,
    pub(crate) room: String,
}

/// The nodes, as a gate sees them.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Overview {
    /// The gate itself.
    pub(crate) gate: String,
    /// The names of the backends that it can reach.
    pub(crate) backends: Vec<String>,
}

/// What a page learns when its session has entered a room.
#[derive(Deserialize, Serialize)]
pub(crate) struct Entered {
    pub(crate) overview: Overview,
    /// The name of the backend that has the room.
    pub(crate) backend: String,
}

/// A member of a room.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The gate that the member's page is connected to.
    pub(crate) gate: String,
}

/// A line of the chat.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Line {
    pub(crate) from: String,
    pub(crate) text: String,
}

/// A room, as its members see it.
#[derive(Deserialize, Serialize)]
pub(crate) struct View {
    pub(crate) members: Vec<Member>,
    pub(crate) lines: Vec<Line>,
}

/// The messages of a gate to its pages.
#[push]
pub(crate) trait DeskPush {
    /// A backend came or went.
    #[push(name = "onNodes")]
    fn nodes(overview: Overview);
}

/// The messages of a room to its members.
#[push]
pub(crate) trait RoomPush {
    /// Somebody came or went.
    #[push(name = "onMembers")]
    fn members(members: Vec<Member>);
    /// Somebody said something.
    #[push(name = "onLine")]
    fn line(line: Line);
}

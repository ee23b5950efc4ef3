//! The messages of a table.

use nano::{RoomId, push};
use serde::{Deserialize, Serialize};

use crate::cards::{Card, Suit};
use crate::rules::Choice;

/// A table as one of those at it sees it: all that lies open, and their own hand. Spectators see no hand.
///
/// Every change brings the whole of it, so that it makes no difference to a page how long it was away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) table: RoomId,
    pub(crate) title: String,
    /// The code that lets others in, if the table is private.
    pub(crate) code: Option<String>,
    pub(crate) phase: Phase,
    pub(crate) seats: Vec<Seated>,
    /// The seat of whoever this is for.
    pub(crate) you: Option<usize>,
    #[serde(flatten)]
    pub(crate) choice: Choice,
    pub(crate) top: Option<Card>,
    pub(crate) suit: Option<Suit>,
    pub(crate) pile: usize,
    pub(crate) turn: Option<usize>,
    /// The milliseconds until the turn, or the wait for the next game, ends.
    pub(crate) left: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) winner: Option<usize>,
    pub(crate) deed: Option<Deed>,
    /// The number of moves at this table so far.
    pub(crate) moves: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    Waiting,
    Playing,
    Over,
}

/// A seat at the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seated {
    pub(crate) name: String,
    pub(crate) cards: usize,
    pub(crate) wins: u32,
    pub(crate) is_bot: bool,
    pub(crate) is_away: bool,
}

/// The latest move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deed {
    pub(crate) seat: usize,
    pub(crate) did: Did,
    /// The card that was played. One that was drawn is nobody's business.
    pub(crate) card: Option<Card>,
    /// The server moved, because the player did not in time.
    pub(crate) is_late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Did {
    Played,
    Drew,
    Passed,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Play {
    pub(crate) card: Card,
    /// The suit that an eight names.
    pub(crate) suit: Option<Suit>,
}

/// The messages that a table pushes to those at it.
#[push]
pub(crate) trait TablePush {
    /// The table has changed. A slow page receives the newest view only.
    #[push(name = "onTable", class = latest)]
    fn changed(view: View);
    /// The table has closed.
    #[push(name = "onClosed")]
    fn closed();
}

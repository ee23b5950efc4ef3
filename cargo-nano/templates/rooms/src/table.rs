//! A table: a room in which two play one game.

use nano::{Context, Error, LeaveReason, Result, Session, component, push};
use serde::{Deserialize, Serialize};

use crate::rules::{self, Cells};

const SEATS: usize = 2;

#[derive(Default)]
pub struct Table {
    players: Vec<(Session, Player)>,
    cells: Cells,
    moves: usize,
}

/// Whoever sits down.
pub struct Player {
    pub name: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Mark {
    /// 0 to 8, from the upper left to the lower right.
    pub cell: usize,
}

/// All that a player sees.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct View {
    pub players: Vec<String>,
    /// The number of the player in each cell.
    pub cells: Cells,
    /// The player whose turn it is: none while one is missing, and at the end.
    pub turn: Option<usize>,
    pub winner: Option<usize>,
    /// The receiver's own number.
    pub you: usize,
}

/// The messages that a table pushes to its players.
#[push]
pub trait TablePush {
    /// The table has changed.
    #[push(name = "onView")]
    fn view(view: View);
    /// The other player left, and the table closes.
    #[push(name = "onLeft")]
    fn left(name: String);
}

#[component(room)]
impl Table {
    /// Runs before a player is let in.
    #[on(enter)]
    fn entered(&mut self, session: &Session, player: Player, ctx: &Context<Self>) -> Result<()> {
        self.players.push((session.clone(), player));
        if self.players.len() == SEATS {
            // The lobby offers it no more, not even when a player leaves.
            ctx.lock();
        }
        self.show()
    }

    /// Marks a cell.
    #[handler(rate = "10/s")]
    fn mark(&mut self, session: &Session, mark: Mark) -> Result<()> {
        let player = self
            .players
            .iter()
            .position(|(player, _)| player.id() == session.id());
        if self.turn() != player {
            return Err(Error::reject("not_your_turn", "it is not your turn"));
        }
        match self.cells.get_mut(mark.cell) {
            Some(cell) if cell.is_none() => *cell = player,
            _ => return Err(Error::reject("bad_cell", "choose a free cell, 0 to 8")),
        }
        self.moves += 1;
        self.show()
    }

    /// Runs once for each player who was let in.
    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason, ctx: &Context<Self>) -> Result<()> {
        let Some(seat) = self
            .players
            .iter()
            .position(|(player, _)| player.id() == session.id())
        else {
            return Ok(());
        };
        let (_, gone) = self.players.remove(seat);
        if reason == LeaveReason::RoomClosed {
            return Ok(());
        }
        for (session, _) in &self.players {
            TablePush::to(session).left(&gone.name)?;
        }
        ctx.close();
        Ok(())
    }
}

impl Table {
    fn turn(&self) -> Option<usize> {
        let is_playing = self.players.len() == SEATS && !rules::is_over(&self.cells);
        is_playing.then_some(self.moves % SEATS)
    }

    /// Shows each player the table.
    fn show(&self) -> Result<()> {
        for (you, (session, _)) in self.players.iter().enumerate() {
            TablePush::to(session).view(&View {
                players: self
                    .players
                    .iter()
                    .map(|(_, player)| player.name.clone())
                    .collect(),
                cells: self.cells,
                turn: self.turn(),
                winner: rules::winner(&self.cells),
                you,
            })?;
        }
        Ok(())
    }
}

//! A table: a room with up to four seats, in which one game follows another.
//!
//! A seat is a player's or a bot's. A player who leaves during a game is stood in for by a bot, and one who comes may
//! take a bot's seat and cards over: so no game ends because somebody left. A player whose connection is lost keeps the seat,
//! and is moved for until the connection is back.

mod play;
mod view;

use std::time::Duration;

use nano::{Context, Error, LeaveReason, Result, Session, TimerGuard, component};
use tokio::time::Instant;

use crate::rules::{FEWEST_PLAYERS, Game, MOST_PLAYERS, Move};
pub(crate) use play::title;
use view::Deed;
pub(crate) use view::{Phase, Play, TablePush, View};

/// The time of a turn.
pub(crate) const TURN: Duration = Duration::from_secs(20);
/// The time of a turn of whoever is away.
pub(crate) const TURN_AWAY: Duration = Duration::from_secs(4);
/// The time that a bot seems to think.
const TURN_BOT: Duration = Duration::from_millis(1_100);
/// The time before a game, in which others may still come.
pub(crate) const BREAK: Duration = Duration::from_secs(12);
/// The same when nobody else finds a seat.
const BREAK_FULL: Duration = Duration::from_secs(4);
/// A player who let so many turns pass counts as away.
const MISSED: u32 = 2;

const BOT_NAMES: [&str; MOST_PLAYERS] = ["Robo", "Tick", "Cog", "Bolt"];

/// What lobby and matchmaking see of a table.
#[derive(Default)]
pub(crate) struct TableInfo {
    pub(crate) title: Option<String>,
    pub(crate) players: Vec<String>,
    pub(crate) bots: usize,
    pub(crate) is_playing: bool,
}

/// Whoever comes to a table.
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) watches: bool,
}

#[derive(Default)]
pub(crate) struct Table {
    title: Option<String>,
    code: Option<String>,
    seats: Vec<Seat>,
    game: Option<Game>,
    /// The player who begins the next game.
    first: usize,
    clock: Option<Clock>,
    deed: Option<Deed>,
    moves: u32,
}

struct Seat {
    name: String,
    /// None for a bot.
    session: Option<Session>,
    /// A bot that sits here until the next game, for a player who left.
    stands_in: bool,
    is_lost: bool,
    missed: u32,
    wins: u32,
}

/// The end of the turn, or of the break.
struct Clock {
    end: Instant,
    limit: Duration,
    _timer: TimerGuard,
}

#[component(room(info = TableInfo))]
impl Table {
    /// Gives a player the first of these: the seat of somebody who left, a free one, or a bot's.
    #[on(enter)]
    fn entered(&mut self, session: &Session, guest: Guest, ctx: &Context<Self>) -> Result<()> {
        let table = ctx.handle();
        if guest.watches {
            return TablePush::to(session).changed(&self.view(None, &table));
        }
        let is_full = self.seats.len() == MOST_PLAYERS;
        let bots = || self.seats.iter().rposition(|seat| is_full && seat.session.is_none());
        let bot = self.seats.iter().position(|seat| seat.stands_in).or_else(bots);
        let player = Seat::new(guest.name, Some(session.clone()));
        let seat = bot.unwrap_or(self.seats.len());
        match self.seats.get_mut(seat) {
            Some(bot) => *bot = player,
            None if is_full => return Err(full()),
            None => self.seats.push(player),
        }
        self.seat_changed(seat, &table);
        Ok(())
    }

    /// Plays a card.
    #[handler(rate = "10/s")]
    fn play(&mut self, session: &Session, play: Play, ctx: &Context<Self>) -> Result<()> {
        self.act(session, Move::Play { card: play.card, suit: play.suit }, &ctx.handle())
    }

    /// Draws a card.
    #[handler(rate = "10/s")]
    fn draw(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        self.act(session, Move::Draw, &ctx.handle())
    }

    /// Lets the turn pass.
    #[handler(rate = "10/s")]
    fn pass(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        self.act(session, Move::Pass, &ctx.handle())
    }

    /// Begins the game without waiting for others.
    #[handler(rate = "5/s")]
    fn start(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        self.seat_of(session)?;
        if self.turn().is_some() {
            return Err(Error::reject("playing", "the game has begun"));
        }
        if self.seats.len() < FEWEST_PLAYERS {
            return Err(Error::reject("alone", "a game needs two players: add a bot, or wait"));
        }
        self.deal(&ctx.handle());
        Ok(())
    }

    /// Gives a free seat to a bot, which makes room for a player who finds the table full.
    #[handler(rate = "5/s")]
    fn add_bot(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        self.seat_of(session)?;
        if self.seats.len() == MOST_PLAYERS {
            return Err(full());
        }
        let is_free = |name: &&str| self.seats.iter().all(|seat| seat.name != *name);
        let name = BOT_NAMES.into_iter().find(is_free).unwrap_or(BOT_NAMES[0]);
        self.seats.push(Seat::new(name.to_owned(), None));
        self.seat_changed(self.seats.len() - 1, &ctx.handle());
        Ok(())
    }

    /// Leaves the table.
    #[handler]
    fn quit(&self, session: &Session) {
        session.leave::<Self>();
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason, ctx: &Context<Self>) -> Result<()> {
        if reason == LeaveReason::RoomClosed {
            return TablePush::to(session).closed();
        }
        // A spectator has no seat.
        let Ok(seat) = self.seat_of(session) else { return Ok(()) };
        if self.game.as_ref().is_some_and(|game| seat < game.players()) {
            let wins = self.seats[seat].wins;
            let bot = Seat::new(self.seats[seat].name.clone(), None);
            self.seats[seat] = Seat { stands_in: true, wins, ..bot };
        } else {
            self.seats.remove(seat);
        }
        self.seat_changed(seat, &ctx.handle());
        Ok(())
    }
}

fn full() -> Error {
    Error::reject("table_full", "all seats are taken")
}

//! The course of the games at a table: moves, the clock, and what everybody sees.

use std::time::Duration;

use nano::{Error, Handle, Result, RoomId, Session};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::Instant;

use super::view::{Deed, Did, Phase, Seated, TablePush, View};
use super::{BREAK, BREAK_FULL, Clock, MISSED, Seat, TURN, TURN_AWAY, TURN_BOT, Table, TableInfo};
use crate::rules::{FEWEST_PLAYERS, Game, MOST_PLAYERS, Move, Refusal};

impl Seat {
    pub(super) fn new(name: String, session: Option<Session>) -> Self {
        Self { name, session, stands_in: false, is_lost: false, missed: 0, wins: 0 }
    }

    fn is_away(&self) -> bool {
        self.is_lost || self.missed >= MISSED
    }
}

impl Table {
    pub(crate) fn new(title: Option<String>, code: Option<String>) -> Self {
        Self { title, code, ..Self::default() }
    }

    pub(super) fn seat_of(&self, session: &Session) -> Result<usize> {
        let is_theirs =
            |seat: &Seat| seat.session.as_ref().is_some_and(|seated| seated.id() == session.id());
        let seat = self.seats.iter().position(is_theirs);
        seat.ok_or_else(|| Error::reject("not_seated", "spectators have no seat"))
    }

    /// The seat whose turn it is, if a game is on.
    pub(super) fn turn(&self) -> Option<usize> {
        self.game.as_ref()?.turn()
    }

    /// Makes the move that a player asks for.
    pub(super) fn act(
        &mut self,
        session: &Session,
        wanted: Move,
        table: &Handle<Self>,
    ) -> Result<()> {
        let seat = self.seat_of(session)?;
        if self.turn() != Some(seat) {
            return Err(Error::reject("not_your_turn", "it is not your turn"));
        }
        self.seats[seat].missed = 0;
        self.make(seat, wanted, false, table)
    }

    fn make(
        &mut self,
        seat: usize,
        wanted: Move,
        is_late: bool,
        table: &Handle<Self>,
    ) -> Result<()> {
        let Some(game) = &mut self.game else { return Err(refused(Refusal::Over)) };
        game.make(wanted).map_err(refused)?;
        let (did, card) = match wanted {
            Move::Play { card, .. } => (Did::Played, Some(card)),
            Move::Draw => (Did::Drew, None),
            Move::Pass => (Did::Passed, None),
        };
        self.deed = Some(Deed { seat, did, card, is_late });
        self.moves += 1;
        if let Some(winner) = game.winner() {
            self.seats[winner].wins += 1;
            self.advertise(table);
        }
        self.wind(table);
        self.tell(table);
        Ok(())
    }

    /// Begins a game with all who sit here; those who left do not any more.
    pub(super) fn deal(&mut self, table: &Handle<Self>) {
        self.seats.retain(|seat| !seat.stands_in);
        let players = self.seats.len();
        self.game = (players >= FEWEST_PLAYERS)
            .then(|| Game::deal(players, self.first, StdRng::from_os_rng()));
        self.first += 1;
        self.deed = None;
        self.wind(table);
        self.advertise(table);
        self.tell(table);
    }

    /// Takes note of somebody's connection: it is lost, or it is back.
    pub(crate) fn connection(&mut self, session: &Session, is_lost: bool, table: &Handle<Self>) {
        if let Ok(seat) = self.seat_of(session) {
            self.seats[seat].is_lost = is_lost;
            self.seats[seat].missed = 0;
            self.seat_changed(seat, table);
        }
    }

    /// Follows somebody who came, left, or is away. The turn of another goes on.
    pub(super) fn seat_changed(&mut self, seat: usize, table: &Handle<Self>) {
        if self.turn().is_none_or(|turn| turn == seat) {
            self.wind(table);
        }
        self.advertise(table);
        self.tell(table);
    }

    /// Sets the clock for the turn, or for the next game. The older timer ends.
    fn wind(&mut self, table: &Handle<Self>) {
        let limit = match self.turn().map(|turn| &self.seats[turn]) {
            Some(Seat { session: None, .. }) => TURN_BOT,
            Some(seat) if seat.is_away() => TURN_AWAY,
            Some(_) => TURN,
            None if self.seats.len() < FEWEST_PLAYERS => return self.clock = None,
            None if self.game.is_none() && self.seats.len() == MOST_PLAYERS => BREAK_FULL,
            None => BREAK,
        };
        let room = table.clone();
        let timer = table.after(limit, move |table| table.run_out(&room)).cancel_on_drop();
        self.clock = Some(Clock { end: Instant::now() + limit, limit, _timer: timer });
    }

    /// The time is over: somebody is moved for, or the next game begins.
    fn run_out(&mut self, table: &Handle<Self>) {
        let Some(seat) = self.turn() else { return self.deal(table) };
        let is_late = self.seats[seat].session.is_some();
        self.seats[seat].missed += u32::from(is_late);
        loop {
            let Some(game) = &self.game else { return };
            let advice = game.choice(seat).advice();
            if let Err(error) = self.make(seat, advice, is_late, table) {
                tracing::error!(?error, ?advice, "an advised move is refused");
                return;
            }
            // Who drew a card that fits is still to play it. A bot takes its time for that.
            if !is_late || advice != Move::Draw || self.turn() != Some(seat) {
                return;
            }
        }
    }

    /// Tells lobby and matchmaking.
    fn advertise(&self, table: &Handle<Self>) {
        table.set_info(TableInfo {
            title: self.title.clone(),
            players: self.seats.iter().map(|seat| seat.name.clone()).collect(),
            bots: self.seats.iter().filter(|seat| seat.session.is_none()).count(),
            is_playing: self.turn().is_some(),
        });
    }

    /// Sends everybody their view.
    fn tell(&self, table: &Handle<Self>) {
        for (number, seat) in self.seats.iter().enumerate() {
            let Some(session) = &seat.session else { continue };
            if let Err(error) = TablePush::to(session).changed(&self.view(Some(number), table)) {
                // Its leave is on the way.
                tracing::debug!(?error, "a player is not told");
            }
        }
        let spectators = table.spectators();
        if !spectators.is_empty()
            && let Err(error) = TablePush::to(spectators).changed(&self.view(None, table))
        {
            tracing::warn!(?error, "the spectators are not told");
        }
    }

    /// The table as one seat sees it, or as a spectator does.
    pub(super) fn view(&self, you: Option<usize>, table: &Handle<Self>) -> View {
        let game = self.game.as_ref();
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(0);
        View {
            table: table.id(),
            title: title(self.title.as_deref(), table.id()),
            code: self.code.clone(),
            phase: match game {
                None => Phase::Waiting,
                Some(game) if game.turn().is_some() => Phase::Playing,
                Some(_) => Phase::Over,
            },
            seats: (0..).zip(&self.seats).map(|(number, seat)| self.seated(number, seat)).collect(),
            you,
            choice: game.zip(you).map(|(game, you)| game.choice(you)).unwrap_or_default(),
            top: game.map(Game::top),
            suit: game.map(Game::suit),
            pile: game.map_or(0, Game::pile),
            turn: self.turn(),
            left: self.clock.as_ref().map(|clock| millis(clock.end - Instant::now())),
            limit: self.clock.as_ref().map(|clock| millis(clock.limit)),
            winner: game.and_then(Game::winner),
            deed: self.deed.clone(),
            moves: self.moves,
        }
    }

    fn seated(&self, number: usize, seat: &Seat) -> Seated {
        Seated {
            name: seat.name.clone(),
            cards: self.game.as_ref().map_or(0, |game| game.count(number)),
            wins: seat.wins,
            is_bot: seat.session.is_none(),
            is_away: seat.is_away(),
        }
    }
}

/// The title of a table, which has a number if it was given no other.
pub(crate) fn title(given: Option<&str>, id: RoomId) -> String {
    given.map_or_else(|| format!("Table {id}"), str::to_owned)
}

fn refused(refusal: Refusal) -> Error {
    let (code, text) = match refusal {
        Refusal::Over => ("over", "the game is over"),
        Refusal::NoSuchCard => ("no_such_card", "this card is not in your hand"),
        Refusal::DoesNotFit => ("does_not_fit", "this card does not fit"),
        Refusal::SuitMissing => ("suit_missing", "an eight names the suit that follows"),
        Refusal::CannotDraw => ("cannot_draw", "you cannot draw a card now"),
        Refusal::CannotPass => ("cannot_pass", "draw a card first"),
    };
    Error::reject(code, text)
}

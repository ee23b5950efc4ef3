//! The rules of Crazy Eights, without players, clocks or messages.
//!
//! A player plays a card of the suit or the rank on top, or an eight, which fits always and names the next suit. Who has
//! none, or wants none played, draws one card, and may play it if it fits. A two lets the next player draw two cards and
//! miss the turn; a queen lets them miss it. Whoever is out of cards first has won. When there is nothing left to draw
//! and everybody passes, the fewest points win.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::cards::{Card, Suit};

pub(crate) const MOST_PLAYERS: usize = 4;
pub(crate) const FEWEST_PLAYERS: usize = 2;

const EIGHT: u8 = 8;
const TWO: u8 = 2;
const QUEEN: u8 = 12;
/// What was played is shuffled and drawn again so often: that ends every game.
const SHUFFLES: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// Plays a card. An eight names the suit that follows.
    Play {
        card: Card,
        suit: Option<Suit>,
    },
    Draw,
    Pass,
}

/// The reason for which a move is against the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Over,
    NoSuchCard,
    DoesNotFit,
    SuitMissing,
    CannotDraw,
    CannotPass,
}

/// All that a player knows that others do not: their hand, and what they may do with it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) hand: Vec<Card>,
    pub(crate) playable: Vec<Card>,
    pub(crate) can_draw: bool,
    pub(crate) can_pass: bool,
}

impl Choice {
    /// A fair move, from no more than the player knows: it plays what costs most, and keeps its eights.
    pub(crate) fn advice(&self) -> Move {
        let plain = self.playable.iter().filter(|card| card.rank != EIGHT);
        if let Some(&card) = plain.max_by_key(|card| card.points()) {
            return Move::Play { card, suit: None };
        }
        if let Some(&card) = self.playable.first() {
            let held =
                |suit| self.hand.iter().filter(|one| one.suit == suit && **one != card).count();
            let suit = Suit::ALL.into_iter().max_by_key(|&suit| held(suit));
            return Move::Play { card, suit };
        }
        if self.can_draw { Move::Draw } else { Move::Pass }
    }
}

/// One game, from the deal to its winner.
pub(crate) struct Game {
    hands: Vec<Vec<Card>>,
    /// The cards to draw, the next one last.
    pile: Vec<Card>,
    /// The cards that were played, the one on top last.
    played: Vec<Card>,
    /// The suit to follow, which an eight may have named.
    suit: Suit,
    turn: usize,
    /// The card that the player has just drawn, and may still play.
    drawn: Option<Card>,
    /// The passes in a row with nothing to draw.
    passes: usize,
    shuffles_left: u8,
    winner: Option<usize>,
    rng: StdRng,
}

impl Game {
    /// Deals to two, three or four players.
    pub(crate) fn deal(players: usize, first: usize, mut rng: StdRng) -> Self {
        let mut pile = Card::deck();
        pile.shuffle(&mut rng);
        let each = if players == 2 { 7 } else { 5 };
        let hands = (0..players).map(|_| pile.split_off(pile.len() - each)).collect();
        let top = pile.pop().expect("52 cards are more than the hands");
        Self {
            hands,
            pile,
            played: vec![top],
            suit: top.suit,
            turn: first % players,
            drawn: None,
            passes: 0,
            shuffles_left: SHUFFLES,
            winner: None,
            rng,
        }
    }

    /// The player whose turn it is, until somebody has won.
    pub(crate) fn turn(&self) -> Option<usize> {
        self.winner.is_none().then_some(self.turn)
    }

    pub(crate) fn winner(&self) -> Option<usize> {
        self.winner
    }

    pub(crate) fn top(&self) -> Card {
        *self.played.last().expect("the top card stays")
    }

    pub(crate) fn suit(&self) -> Suit {
        self.suit
    }

    pub(crate) fn pile(&self) -> usize {
        self.pile.len()
    }

    /// The number of cards of a player; none for who was not dealt to.
    pub(crate) fn count(&self, player: usize) -> usize {
        self.hands.get(player).map_or(0, Vec::len)
    }

    pub(crate) fn players(&self) -> usize {
        self.hands.len()
    }

    pub(crate) fn choice(&self, player: usize) -> Choice {
        let Some(hand) = self.hands.get(player) else { return Choice::default() };
        let mut choice = Choice { hand: hand.clone(), ..Choice::default() };
        if self.turn() == Some(player) {
            choice.playable = hand.iter().copied().filter(|&card| self.may_play(card)).collect();
            choice.can_draw = self.drawn.is_none() && self.can_take();
            choice.can_pass = self.drawn.is_some() || !self.can_take();
        }
        choice
    }

    /// Makes a move for the player whose turn it is.
    pub(crate) fn make(&mut self, wanted: Move) -> Result<(), Refusal> {
        let player = self.turn().ok_or(Refusal::Over)?;
        match wanted {
            Move::Play { card, suit } => self.play(player, card, suit),
            Move::Draw => {
                if self.drawn.is_some() {
                    return Err(Refusal::CannotDraw);
                }
                let card = self.take().ok_or(Refusal::CannotDraw)?;
                self.hands[player].push(card);
                self.passes = 0;
                if self.fits(card) {
                    self.drawn = Some(card);
                } else {
                    self.turn = self.after(player);
                }
                Ok(())
            }
            Move::Pass => {
                if self.drawn.take().is_none() {
                    if self.can_take() {
                        return Err(Refusal::CannotPass);
                    }
                    self.passes += 1;
                }
                self.turn = self.after(player);
                if self.passes == self.hands.len() {
                    let points =
                        |hand: &Vec<Card>| hand.iter().map(|card| card.points()).sum::<u32>();
                    self.winner = (0..self.hands.len()).min_by_key(|&one| points(&self.hands[one]));
                }
                Ok(())
            }
        }
    }

    fn play(&mut self, player: usize, card: Card, suit: Option<Suit>) -> Result<(), Refusal> {
        let place = self.hands[player].iter().position(|&one| one == card);
        let place = place.ok_or(Refusal::NoSuchCard)?;
        if !self.may_play(card) {
            return Err(Refusal::DoesNotFit);
        }
        self.suit = match card.rank {
            EIGHT => suit.ok_or(Refusal::SuitMissing)?,
            _ => card.suit,
        };
        self.hands[player].remove(place);
        self.played.push(card);
        (self.drawn, self.passes) = (None, 0);
        if self.hands[player].is_empty() {
            self.winner = Some(player);
            return Ok(());
        }
        let next = self.after(player);
        self.turn = match card.rank {
            TWO => {
                for _ in 0..2 {
                    let card = self.take();
                    self.hands[next].extend(card);
                }
                self.after(next)
            }
            QUEEN => self.after(next),
            _ => next,
        };
        Ok(())
    }

    fn after(&self, player: usize) -> usize {
        (player + 1) % self.hands.len()
    }

    fn fits(&self, card: Card) -> bool {
        card.rank == EIGHT || card.suit == self.suit || card.rank == self.top().rank
    }

    /// Who has drawn may play the drawn card only.
    fn may_play(&self, card: Card) -> bool {
        self.fits(card) && self.drawn.is_none_or(|drawn| drawn == card)
    }

    fn can_take(&self) -> bool {
        !self.pile.is_empty() || (self.shuffles_left > 0 && self.played.len() > 1)
    }

    fn take(&mut self) -> Option<Card> {
        if self.pile.is_empty() && self.can_take() {
            let top = self.played.split_off(self.played.len() - 1);
            self.pile = std::mem::replace(&mut self.played, top);
            self.pile.shuffle(&mut self.rng);
            self.shuffles_left -= 1;
        }
        self.pile.pop()
    }
}

#[cfg(test)]
mod tests;

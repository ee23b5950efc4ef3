//! Playing cards, which messages name by rank and suit: `AS`, `TH`, `8C`.

use std::fmt;

use serde::{Deserialize, Serialize};

const RANKS: &[u8; 13] = b"A23456789TJQK";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Suit {
    #[serde(rename = "C")]
    Clubs,
    #[serde(rename = "D")]
    Diamonds,
    #[serde(rename = "H")]
    Hearts,
    #[serde(rename = "S")]
    Spades,
}

impl Suit {
    pub(crate) const ALL: [Self; 4] = [Self::Clubs, Self::Diamonds, Self::Hearts, Self::Spades];

    fn letter(self) -> char {
        match self {
            Self::Clubs => 'C',
            Self::Diamonds => 'D',
            Self::Hearts => 'H',
            Self::Spades => 'S',
        }
    }
}

/// A card. The ace has rank 1, the king 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Card {
    pub(crate) rank: u8,
    pub(crate) suit: Suit,
}

impl Card {
    /// All 52 cards, in order.
    pub(crate) fn deck() -> Vec<Self> {
        let suits = Suit::ALL.into_iter();
        suits.flat_map(|suit| (1..=13).map(move |rank| Self { rank, suit })).collect()
    }

    /// The points against whoever holds the card at the end.
    pub(crate) fn points(self) -> u32 {
        match self.rank {
            8 => 50,
            rank => u32::from(rank.min(10)),
        }
    }
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rank = RANKS.get(usize::from(self.rank) - 1).copied().unwrap_or(b'?');
        write!(f, "{}{}", char::from(rank), self.suit.letter())
    }
}

impl From<Card> for String {
    fn from(card: Card) -> Self {
        card.to_string()
    }
}

impl TryFrom<String> for Card {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::deck().into_iter().find(|card| card.to_string() == name).ok_or_else(|| {
            format!("{name:?} is no card: one is rank and suit, such as `AS` or `TH`")
        })
    }
}

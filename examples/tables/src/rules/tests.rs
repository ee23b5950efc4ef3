//! Tests of the rules: single moves, and playouts by any legal moves.

use std::collections::HashSet;

use proptest::prelude::*;
use rand::SeedableRng;

use super::*;

/// More moves than any game can have: 52 cards are drawn three times at most, and each is played once or kept, with at
/// most four passes between two of these.
const LONGEST: usize = (3 * 52 * 2) * 6;

fn card(name: &str) -> Card {
    name.to_owned().try_into().expect("a card")
}

fn cards(names: &str) -> Vec<Card> {
    names.split_whitespace().map(card).collect()
}

/// A game in its middle, with the hands, the pile and the played cards that are given.
fn game(hands: &[&str], pile: &str, played: &str) -> Game {
    let played = cards(played);
    Game {
        hands: hands.iter().map(|hand| cards(hand)).collect(),
        pile: cards(pile),
        suit: played.last().expect("a top card").suit,
        played,
        turn: 0,
        drawn: None,
        passes: 0,
        shuffles_left: 0,
        winner: None,
        rng: StdRng::seed_from_u64(1),
    }
}

fn play(name: &str) -> Move {
    Move::Play { card: card(name), suit: None }
}

/// All legal moves of the player whose turn it is.
fn legal(choice: &Choice) -> Vec<Move> {
    let mut moves = Vec::new();
    for &card in &choice.playable {
        match card.rank {
            EIGHT => moves.extend(Suit::ALL.map(|suit| Move::Play { card, suit: Some(suit) })),
            _ => moves.push(Move::Play { card, suit: None }),
        }
    }
    moves.extend(choice.can_draw.then_some(Move::Draw));
    moves.extend(choice.can_pass.then_some(Move::Pass));
    moves
}

fn all_cards(game: &Game) -> HashSet<Card> {
    let lists = game.hands.iter().chain([&game.pile, &game.played]);
    let cards: Vec<Card> = lists.flatten().copied().collect();
    assert_eq!(cards.len(), 52, "no card is lost or doubled");
    cards.into_iter().collect()
}

#[test]
fn a_card_fits_by_suit_or_rank_and_an_eight_names_the_suit() {
    let mut game = game(&["5H 9S 8C 4D", "KD KC"], "2C 3C", "5S");
    assert_eq!(game.choice(0).playable, cards("5H 9S 8C"));
    assert_eq!(game.choice(1).playable, [], "it is not their turn");
    assert_eq!(game.make(play("4D")), Err(Refusal::DoesNotFit));
    assert_eq!(game.make(play("KD")), Err(Refusal::NoSuchCard));
    assert_eq!(game.make(play("8C")), Err(Refusal::SuitMissing));
    assert_eq!(game.make(Move::Pass), Err(Refusal::CannotPass));
    game.make(Move::Play { card: card("8C"), suit: Some(Suit::Diamonds) }).expect("an eight fits");
    assert_eq!((game.turn(), game.suit()), (Some(1), Suit::Diamonds));
    assert_eq!(game.choice(1).playable, cards("KD"));
}

#[test]
fn a_two_and_a_queen_cost_the_next_player_the_turn() {
    let mut game = game(&["2S QS 5S", "9D", "9C"], "3C 4C 6C", "4S");
    game.make(play("2S")).expect("it fits");
    assert_eq!((game.turn(), game.count(1), game.pile()), (Some(2), 3, 1));
    game.turn = 0;
    game.make(play("QS")).expect("it fits");
    assert_eq!((game.turn(), game.count(1)), (Some(2), 3));
}

#[test]
fn a_drawn_card_may_be_played_or_kept_and_another_ends_the_turn() {
    let mut game = game(&["5S", "9D 9H"], "4S 3H 6S", "7S");
    game.make(Move::Draw).expect("there are cards");
    let choice = game.choice(0);
    assert_eq!((choice.playable, choice.can_draw, choice.can_pass), (cards("6S"), false, true));
    assert_eq!(game.make(Move::Draw), Err(Refusal::CannotDraw));
    assert_eq!(game.make(play("5S")), Err(Refusal::DoesNotFit), "only the drawn card");
    game.make(Move::Pass).expect("it is kept");
    game.make(Move::Draw).expect("there are cards");
    assert_eq!((game.turn(), game.count(1)), (Some(0), 3), "the three of hearts does not fit");
}

#[test]
fn the_last_card_wins_and_so_do_the_fewest_points_when_nobody_can_go_on() {
    let mut won = game(&["5S", "9D"], "4S", "7S");
    won.make(play("5S")).expect("it fits");
    assert_eq!((won.winner(), won.turn()), (Some(0), None));
    assert_eq!(won.make(Move::Draw), Err(Refusal::Over));

    let mut blocked = game(&["KD 2H", "8D", "9C"], "", "7S");
    blocked.make(Move::Pass).expect("there is nothing to draw");
    blocked.make(Move::Pass).expect("an eight may be kept");
    blocked.make(Move::Pass).expect("there is nothing to draw");
    assert_eq!(blocked.winner(), Some(2), "nine points are fewer than 12 and 50");
}

proptest! {
    #[test]
    fn every_playout_by_legal_moves_ends_and_no_card_is_lost(
        players in FEWEST_PLAYERS..=MOST_PLAYERS,
        first in 0..MOST_PLAYERS,
        seed: u64,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..64),
    ) {
        let mut game = Game::deal(players, first, StdRng::seed_from_u64(seed));
        let mut moves = 0;
        while let Some(player) = game.turn() {
            let legal = legal(&game.choice(player));
            prop_assert!(!legal.is_empty(), "there is always a legal move");
            game.make(*picks[moves % picks.len()].get(&legal)).expect("a legal move");
            prop_assert_eq!(all_cards(&game).len(), 52);
            moves += 1;
            prop_assert!(moves < LONGEST);
        }
    }

    #[test]
    fn advice_is_legal_and_wins(players in FEWEST_PLAYERS..=MOST_PLAYERS, seed: u64) {
        let mut game = Game::deal(players, 0, StdRng::seed_from_u64(seed));
        while let Some(player) = game.turn() {
            game.make(game.choice(player).advice()).expect("a legal move");
        }
        prop_assert!(game.winner().is_some());
    }
}

//! Tests of the flight of shells.

use super::*;
use crate::game::TURN;
use crate::game::map::TILE;

/// A long hall with a wall in its middle.
fn map() -> Map {
    let wall = "#".repeat(42);
    let row = format!("#{}#{}#", "s".repeat(20), ".".repeat(19));
    Map::new(vec![wall.clone(), row.clone(), row.clone(), row, wall]).expect("a map")
}

fn shell(column: i32, row: i32, aim: i32) -> Shell {
    let at = Point { x: column * TILE + TILE / 2, y: row * TILE + TILE / 2 };
    Shell::new(Shot { tick: 1, shell: 1, owner: 1, seq: 1, at, aim })
}

/// The places of a shell until its end.
fn flight(mut shell: Shell, map: &Map) -> Vec<Point> {
    let mut places = vec![shell.at];
    while shell.fly(map) {
        places.push(shell.at);
    }
    places
}

#[test]
fn a_shell_flies_straight_for_its_time() {
    let map = map();
    let way = flight(shell(1, 2, 0), &map);
    let steps = i32::try_from(way.len()).expect("few") - 1;
    // 19 tiles are more than it gets to.
    assert!(way.iter().all(|at| at.y == way[0].y));
    let reached = way.iter().map(|at| at.x).max().expect("a way");
    assert!(reached < 21 * TILE && reached > way[0].x + 15 * TILE);
    assert!(steps <= (LIFE * STEPS) as i32);
}

#[test]
fn it_bounces_off_one_wall_and_ends_at_the_next() {
    let map = map();
    // Towards the wall in the middle, from two tiles before it, and back.
    let mut flying = shell(18, 2, 0);
    assert!(!flying.hurts(1) && flying.hurts(2));
    let mut farthest = 0;
    while flying.fly(&map) && flying.at.x > 18 * TILE {
        farthest = farthest.max(flying.at.x);
    }
    assert!((20 * TILE..21 * TILE).contains(&farthest), "{farthest}");
    assert!(flying.hurts(1), "whoever shot it, from then on");
    // Between floor and ceiling it meets the second wall soon.
    let way = flight(shell(5, 2, TURN / 4), &map);
    assert!(way.len() < 30, "{}", way.len());
}

#[test]
fn no_shell_is_ever_in_a_wall() {
    let map = Map::arena();
    for aim in 0..TURN {
        for spawn in &map.spawns {
            let shot = Shot { tick: 1, shell: 1, owner: 1, seq: 1, at: *spawn, aim };
            let way = flight(Shell::new(shot), &map);
            assert!(way.len() > 2 && way.iter().all(|at| !map.is_wall(*at)), "{aim} {spawn:?}");
        }
    }
}

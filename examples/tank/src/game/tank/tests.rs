//! Tests of the movement of tanks.

use fastrand::Rng;

use super::*;
use crate::game::TURN;
use crate::game::map::TILE;

const RIGHT: i32 = 0;
const DOWN: i32 = TURN / 4;
const LEFT: i32 = TURN / 2;

/// A hall of so many tiles with walls around it.
fn hall(width: usize, height: usize) -> Map {
    let wall = "#".repeat(width + 2);
    let row = format!("#{}#", "s".repeat(width));
    let rows = [vec![wall.clone()], vec![row; height], vec![wall]].concat();
    Map::new(rows).expect("a map")
}

fn body(x: i32, y: i32) -> Body {
    let at = Point { x: x * TILE + TILE / 2, y: y * TILE + TILE / 2 };
    Body { at, ..Body::default() }
}

fn drive(body: &mut Body, map: &Map, heading: i32, throttle: i32, ticks: u32) {
    for _ in 0..ticks {
        body.follow(&Command { heading, throttle, ..Command::default() }, map);
    }
}

#[test]
fn a_tank_gets_up_to_speed_brakes_and_stops_at_walls() {
    let map = hall(40, 5);
    let mut tank = body(2, 3);
    let start = tank.at;
    drive(&mut tank, &map, RIGHT, THROTTLE, 1);
    assert_eq!((tank.speed, tank.at.x - start.x), (ACCELERATION, ACCELERATION));
    drive(&mut tank, &map, RIGHT, THROTTLE, 30);
    assert_eq!((tank.speed, tank.at.y), (SPEED, start.y));
    drive(&mut tank, &map, RIGHT, THROTTLE / 2, 10);
    assert_eq!(tank.speed, SPEED / 2);
    drive(&mut tank, &map, RIGHT, 0, 10);
    assert_eq!(tank.speed, 0);
    let rest = tank.at;
    drive(&mut tank, &map, RIGHT, 0, 10);
    assert_eq!(tank.at, rest);
    drive(&mut tank, &map, RIGHT, THROTTLE, 1000);
    assert_eq!(tank.at, Point { x: 41 * TILE - HALF, y: start.y });
}

#[test]
fn a_tank_turns_the_shorter_way_slides_along_walls_and_reverses() {
    let map = hall(40, 5);
    let mut tank = body(20, 3);
    drive(&mut tank, &map, DOWN, THROTTLE, 3);
    assert_eq!(tank.heading, 3 * STEER);
    drive(&mut tank, &map, TURN - STEER, THROTTLE, 4);
    assert_eq!(tank.heading, TURN - STEER);
    // Down and to the right, along the lower wall.
    drive(&mut tank, &map, TURN / 8, THROTTLE, 100);
    assert_eq!((tank.heading, tank.at.y), (TURN / 8, 6 * TILE - HALF));
    let before = tank.at.x;
    drive(&mut tank, &map, TURN / 8, THROTTLE, 5);
    assert_eq!(tank.at.x - before, 5 * cos(TURN / 8, SPEED));
    // What is behind is reached backwards, and more slowly.
    let mut tank = body(20, 3);
    let before = tank.at.x;
    drive(&mut tank, &map, LEFT, THROTTLE, 50);
    assert_eq!((tank.heading, tank.speed), (RIGHT, -REVERSE));
    assert!(tank.at.x < before);
}

#[test]
fn the_gun_fires_once_it_is_loaded_and_faster_with_a_boost() {
    let map = hall(5, 5);
    let fire = Command { fire: true, ..Command::default() };
    let shots = |boost: i32| {
        let mut tank = Body { boost, ..body(3, 3) };
        (0..60).filter(|_| tank.follow(&fire, &map)).count()
    };
    assert_eq!((shots(0), shots(1000)), (5, 9));
    // It ends on the way.
    assert_eq!(shots(20), 6);
}

#[test]
fn no_commands_lead_into_walls_or_beyond_the_speed() {
    let (map, mut chance) = (Map::arena(), Rng::with_seed(4));
    let mut tank = Body { at: map.spawns[0], ..Body::default() };
    let (mut heading, mut farthest) = (0, 0);
    for tick in 0..20_000 {
        if tick % 15 == 0 {
            heading = chance.i32(0..TURN);
        }
        let before = tank.at;
        let throttle = chance.i32(0..=THROTTLE);
        tank.follow(&Command { heading, throttle, ..Command::default() }, &map);
        assert!(map.has_room(tank.at), "{tank:?}");
        // Both coordinates are rounded down.
        assert!(before.squared(tank.at).isqrt() <= i64::from(SPEED) + 2, "{before:?} {tank:?}");
        farthest = farthest.max(map.spawns[0].squared(tank.at).isqrt());
    }
    assert!(farthest > i64::from(10 * TILE), "it came about: {farthest}");
}

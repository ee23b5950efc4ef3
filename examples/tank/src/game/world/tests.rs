//! Tests of the arena: shots, scores, crates, and that a game is the same when it is played again.

use super::*;
use crate::game::{THROTTLE, TURN};

/// A world of so many tanks, which are in the arena.
fn world(tanks: u32) -> World {
    let mut world = World::new(Map::arena(), 7);
    for _ in 0..tanks {
        world.join();
    }
    let events = step(&mut world, 1);
    assert_eq!(events.len(), tanks as usize);
    world
}

fn step(world: &mut World, ticks: u32) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..ticks {
        world.step(&mut events);
    }
    events
}

/// Puts a tank in a place, without its shield.
fn put(world: &mut World, id: u32, x: i32, y: i32) {
    let tank = world.tanks.get_mut(&id).expect("a tank");
    tank.body = Body { at: Point { x: x * UNIT, y: y * UNIT }, ..Body::default() };
    tank.shield = 0;
}

fn command(world: &mut World, id: u32, aim: i32, fire: bool) {
    let seq = world.tanks[&id].seq() + 1;
    let command = Command { seq, aim, fire, ..Command::default() };
    world.command(id, command).expect("it is taken");
}

#[test]
fn four_shells_destroy_a_tank_which_comes_back_elsewhere() {
    let mut world = world(2);
    put(&mut world, 1, 200, 60);
    put(&mut world, 2, 320, 60);
    let mut events = Vec::new();
    for _ in 0..4 {
        command(&mut world, 1, 0, true);
        events.extend(step(&mut world, 10));
        for _ in 0..14 {
            command(&mut world, 1, 0, false);
            events.extend(step(&mut world, 1));
        }
    }
    let hits = events.iter().filter(|event| matches!(event, Event::Hit { tank: 2, by: 1, .. }));
    assert_eq!(hits.count(), 4, "{events:?}");
    assert!(events.contains(&Event::Kill { tank: 2, by: 1, deaths: 1, kills: 1 }));
    assert_eq!((world.tanks[&1].kills, world.tanks[&2].deaths), (1, 1));
    assert!(!world.tanks[&2].is_up());
    // What it is told meanwhile is followed by nothing.
    command(&mut world, 2, 0, true);
    assert!(step(&mut world, 5).is_empty());
    assert_eq!(world.tanks[&2].seq(), 1);

    let back = step(&mut world, RESPAWN);
    let Some(Event::Spawn { tank: 2, at }) = back.first() else { panic!("{back:?}") };
    let distance = |place: &Point| place.squared(world.tanks[&1].body.at);
    assert_eq!(Some(distance(at)), world.map.spawns.iter().map(distance).max());
    let tank = &world.tanks[&2];
    assert_eq!((tank.health, tank.deaths, tank.body.speed), (HEALTH, 1, 0));
    assert!(tank.shield > 0);
}

#[test]
fn a_shield_takes_the_blow_and_an_own_shell_hurts_once_it_has_bounced() {
    let mut world = world(2);
    put(&mut world, 1, 200, 60);
    put(&mut world, 2, 320, 60);
    world.tanks.get_mut(&2).expect("a tank").shield = 100;
    command(&mut world, 1, 0, true);
    let events = step(&mut world, 10);
    assert!(events.iter().any(|event| matches!(event, Event::Hit { tank: 2, .. })));
    assert_eq!(world.tanks[&2].health, HEALTH);

    // At the wall on the left, and back.
    put(&mut world, 1, 160, 60);
    command(&mut world, 1, TURN / 2, true);
    let events = step(&mut world, 30);
    assert!(events.iter().any(|event| matches!(event, Event::Hit { tank: 1, by: 1, .. })));
    assert_eq!(world.tanks[&1].health, HEALTH - DAMAGE);
    world.tanks.get_mut(&1).expect("a tank").health = DAMAGE;
    put(&mut world, 1, 160, 60);
    command(&mut world, 1, TURN / 2, true);
    let events = step(&mut world, 30);
    assert!(events.contains(&Event::Kill { tank: 1, by: 1, deaths: 1, kills: 0 }), "{events:?}");
}

#[test]
fn tanks_do_not_stand_on_one_another() {
    let mut world = world(3);
    for id in 1..=3 {
        put(&mut world, id, 200, 60);
    }
    step(&mut world, 60);
    let places: Vec<Point> = world.tanks.values().map(|tank| tank.body.at).collect();
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let distance = places[one].squared(places[other]).isqrt();
        assert!(distance > i64::from(RADIUS), "{places:?}");
    }
    assert!(places.iter().all(|at| world.map.has_room(*at)));
}

#[test]
fn crates_appear_in_their_places_and_help_who_takes_them() {
    let mut world = world(1);
    let events = step(&mut world, CRATE_EVERY * 10);
    assert_eq!(world.crates.len(), MOST_CRATES);
    let placed = events.iter().filter(|event| matches!(event, Event::Placed(_)));
    assert_eq!(placed.count(), MOST_CRATES);
    for kind in [CrateKind::Repair, CrateKind::Boost] {
        world.crates[0].kind = kind;
        let lying = world.crates[0];
        assert!(world.map.crates.contains(&lying.at));
        let tank = world.tanks.get_mut(&1).expect("a tank");
        (tank.body.at, tank.health) = (lying.at, 30);
        let events = step(&mut world, 1);
        assert_eq!(events.first(), Some(&Event::Taken { id: lying.id, tank: 1 }));
        let tank = &world.tanks[&1];
        let expected = if kind == CrateKind::Repair { (80, 0) } else { (30, BOOST) };
        assert_eq!((tank.health, tank.body.boost), expected);
    }
    // Whoever is whole leaves it for others.
    let lying = world.crates[0];
    world.crates[0].kind = CrateKind::Repair;
    let tank = world.tanks.get_mut(&1).expect("a tank");
    (tank.body.at, tank.health) = (lying.at, HEALTH);
    assert!(!step(&mut world, 1).contains(&Event::Taken { id: lying.id, tank: 1 }));
}

/// Plays a game of which all that chance decides comes from two seeds.
fn game(seed: u64, commands: u64) -> (World, Vec<Event>) {
    let mut world = World::new(Map::arena(), seed);
    let (mut chance, mut events) = (Rng::with_seed(commands), Vec::new());
    let mut headings = BTreeMap::new();
    for tick in 0..3_000_u32 {
        if tick % 400 == 0 {
            world.join();
        }
        if tick == 1_500 {
            world.leave(2);
        }
        let ids: Vec<u32> = world.tanks.keys().copied().collect();
        for id in ids {
            let aim = chance.i32(0..TURN);
            // Straight on for about a second.
            if chance.u8(0..30) == 0 {
                headings.insert(id, aim);
            }
            let heading = headings.get(&id).copied().unwrap_or_default();
            let (seq, throttle, fire) = (tick + 1, THROTTLE, chance.bool());
            let command = Command { seq, heading, throttle, aim, fire };
            // Some come late, and some too often.
            for _ in 0..chance.usize(0..3) {
                let _ = world.command(id, command);
            }
        }
        world.step(&mut events);
    }
    (world, events)
}

#[test]
fn the_same_commands_give_the_same_game() {
    let (world, events) = game(1, 2);
    assert!((world, events.clone()) == game(1, 2));
    let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
    assert!(has(|event| matches!(event, Event::Kill { .. })));
    assert!(has(|event| matches!(event, Event::Taken { .. })));
    assert!(events != game(1, 3).1 && events != game(2, 2).1);
}

#[test]
fn a_client_computes_from_an_older_state_where_its_tank_is() {
    let mut world = world(1);
    let (mut chance, mut sent, mut predicted) =
        (Rng::with_seed(9), Vec::new(), world.tanks[&1].body);
    let map = world.map.clone();
    for seq in 1..=600 {
        let [heading, aim] = [0; 2].map(|_| chance.i32(0..TURN));
        let command = Command { seq, heading, throttle: THROTTLE, aim, fire: true };
        sent.push(command);
        predicted.follow(&command, &map);
        // The network holds commands back for up to five ticks.
        if chance.bool() || sent.len() == 5 {
            for command in sent.drain(..) {
                world.command(1, command).expect("it is taken");
            }
        }
        step(&mut world, 1);
        // Its own shells come back.
        world.tanks.get_mut(&1).expect("a tank").health = HEALTH;
        let tank = &world.tanks[&1];
        let mut body = tank.body;
        let waiting = tank.commands.clone();
        let mut ahead = waiting;
        while let Some(command) = ahead.next() {
            body.follow(&command, &map);
        }
        for command in &sent {
            body.follow(command, &map);
        }
        // A crate is news that no client could know.
        if tank.body.boost == 0 && predicted.boost == 0 {
            assert_eq!(body, predicted, "after {seq}");
        }
        predicted = body;
    }
}

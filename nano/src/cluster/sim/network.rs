//! The faults of networks and addresses, by their numbers, with a room that a player is in.

use std::collections::BTreeSet;
use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

use super::faults::{MASTER, MEMBER};
use super::stage;
use super::world::{Life, Role, World};
use crate::cluster::claims::{ClaimKind, Holder};
use crate::testing::TestApp;
use crate::{App, Context, LeaveReason, LostRoom, Result, RoomType, Session, SessionId, component};

const SECOND: Duration = Duration::from_secs(1);
const ALL: [&str; 3] = ["master", "gate", "backend"];

/// A gate with one player.
const GATE: Role = Role {
    app: |life| App::new().component(Door(life.clone())),
    play: |life, app| Box::pin(play(life, app)),
};

/// A backend with one room.
const BACKEND: Role = Role {
    app: |_| App::new().rooms(RoomType::<Hall>::new()),
    play: |life, app| Box::pin(open(life, app)),
};

struct Door(Life);

#[component(crate = crate)]
impl Door {
    #[handler]
    async fn enter(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Hall>("hall").await?).await
    }

    #[on(room_lost)]
    fn lost(&self, _room: LostRoom) {
        self.0.with(|host| host.noted.push("room lost".to_owned()));
    }
}

struct Hall {
    life: Life,
    guests: BTreeSet<SessionId>,
}

#[component(crate = crate, room)]
impl Hall {
    #[on(enter)]
    fn entered(&mut self, session: &Session) {
        self.guests.insert(session.id());
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason) {
        self.guests.remove(&session.id());
        self.life.with(|host| host.noted.push(format!("left: {reason:?}")));
    }

    #[handler]
    fn echo(&mut self, session: &Session, number: u64) -> u64 {
        if !self.guests.contains(&session.id()) {
            let fault = format!("a message of session {} comes to a wrong room", session.id());
            self.life.with(|host| host.fault = Some(fault));
        }
        number
    }
}

async fn open(life: Life, app: TestApp) {
    let halls = app.server().rooms::<Hall>().expect("halls");
    let hall = Hall { life: life.clone(), guests: BTreeSet::new() };
    if let Err(error) = halls.open_named("hall", hall).await {
        life.with(|host| host.fault = Some(error.report().to_string()));
    }
    pending().await
}

/// Talks in the room again and again, enters it whenever it is in none, and comes back when the connection is closed.
async fn play(life: Life, app: TestApp) {
    loop {
        let client = app.connect().await;
        for number in 1_u64.. {
            let asked = client.request::<_, u64>("hall.echo", &number).await;
            let is_outside = asked
                .as_ref()
                .is_err_and(|error| matches!(error.code(), Some("not_in_room" | "room_closed")));
            if is_outside {
                let _ = client.request::<_, ()>("door.enter", &()).await;
            }
            let is_closed = asked.as_ref().is_err_and(|error| error.code().is_none());
            let answer = asked
                .map(drop)
                .map_err(|error| error.code().map_or_else(|| error.to_string(), str::to_owned));
            life.answered("echo", answer);
            sleep(Duration::from_millis(20)).await;
            if is_closed {
                break;
            }
        }
    }
}

fn world(seed: u64) -> World {
    let mut world = World::new(seed);
    world.host("master", stage::MASTER, MASTER);
    world.host("gate", GATE, MEMBER);
    world.host("backend", BACKEND, MEMBER);
    world.until(10 * SECOND, "the player is in the room", is_whole);
    world
}

fn is_whole(world: &World) -> bool {
    world.all_see_all(&ALL) && world.is_served("gate")
}

/// The holder of the name of the room.
fn holder(world: &World) -> Option<Holder> {
    let master = world.of("master", |host| host.node.clone()).and_then(|node| node.master.clone());
    let held = master.expect("a master").held(ClaimKind::Room);
    assert!(held.len() <= 1, "{held:?}");
    held.first().map(|(_, holder)| *holder)
}

fn noted(world: &World, name: &'static str) -> Vec<String> {
    world.of(name, |host| std::mem::take(&mut host.noted))
}

fn is_at_fault(world: &World) -> Option<String> {
    ALL.into_iter().find_map(|name| world.of(name, |host| host.fault.clone()))
}

#[test]
fn fault_05_a_pair_of_nodes_is_cut_in_one_direction_or_both_and_heals() {
    for one_way in [false, true] {
        let mut world = world(5);
        let (numbers, before) = (ALL.map(|name| world.number(name)), holder(&world));
        assert_eq!(before.map(Holder::node), Some(world.number("backend")));
        world.take_answers("gate");
        match one_way {
            true => world.sim().partition_oneway("backend", "gate"),
            false => world.sim().partition("gate", "backend"),
        }
        world.until(6 * SECOND, "the member of the room is told", |world| {
            world.of("gate", |host| host.noted.contains(&"room lost".to_owned()))
        });
        world.until(6 * SECOND, "the room is told", |world| {
            world.of("backend", |host| !host.noted.is_empty())
        });
        assert_eq!(noted(&world, "backend"), ["left: Disconnected"]);
        world.take_answers("gate");
        world.run(4 * SECOND);
        let answers = world.take_answers("gate");
        let kinds: BTreeSet<_> = answers.iter().map(|(_, _, answer)| answer.clone()).collect();
        assert_eq!(kinds, BTreeSet::from([Err("room_closed".to_owned())]));
        assert!(answers.len() > 50, "at once: {} in four seconds", answers.len());

        match one_way {
            true => world.sim().repair_oneway("backend", "gate"),
            false => world.sim().repair("gate", "backend"),
        }
        world.until(3 * SECOND, "it heals", is_whole);
        assert_eq!(ALL.map(|name| world.number(name)), numbers, "nobody was given up");
        assert_eq!(holder(&world), before, "the room has its name");
        assert_eq!(noted(&world, "gate"), ["room lost"], "once");
        assert_eq!(noted(&world, "backend"), Vec::<String>::new());
        assert_eq!(is_at_fault(&world), None);
    }
}

#[test]
fn fault_09_a_node_restarts_at_the_same_address() {
    let mut world = world(9);
    let (number, before) = (world.number("backend"), holder(&world));
    // Nobody is told that it ends.
    world.crash("backend");
    world.restart("backend");
    world.until(SECOND, "it has a new number at once", |world| world.number("backend") > number);
    world.until(3 * SECOND, "the player is in the new room", is_whole);
    assert_ne!(holder(&world), before);
    assert_eq!(holder(&world).map(Holder::node), Some(world.number("backend")), "the name is free");
    assert_eq!(noted(&world, "gate"), ["room lost"]);
    assert_eq!(is_at_fault(&world), None, "no message comes to the wrong start");

    // Its sessions end with a gate, and so do their places.
    let number = world.number("gate");
    noted(&world, "backend");
    world.crash("gate");
    world.restart("gate");
    world.until(SECOND, "it has a new number at once", |world| world.number("gate") > number);
    world.until(3 * SECOND, "the player is in the room", is_whole);
    assert_eq!(noted(&world, "backend"), ["left: Disconnected"]);
    let node = world.of("backend", |host| host.node.clone()).expect("it is up");
    let sessions: Vec<_> = node.sessions.list().iter().map(|s| s.id().node()).collect();
    assert_eq!(sessions, [Some(world.number("gate"))]);
    assert_eq!(is_at_fault(&world), None);
}

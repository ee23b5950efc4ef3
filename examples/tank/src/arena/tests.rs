//! Tests of lobby and arena, with pilots in the test's own process.

use std::time::Duration;

use nano::client::Client;
use nano::testing::{self, TestApp};
use nano::{Protobuf, RoomId};
use prost::Message;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::*;
use crate::game::{HEALTH, THROTTLE};
use crate::lobby::LobbyClient;
use crate::messages::LobbyPush;
use proto::{Arenas, Play};

const PATIENCE: Duration = Duration::from_secs(60);

/// One pilot: its typed callers, and what a page would know.
struct Player {
    client: Client<Protobuf>,
    lobby: LobbyClient<Client<Protobuf>>,
    arena: ArenaClient<Client<Protobuf>>,
    heard: mpsc::UnboundedReceiver<Heard>,
    states: watch::Receiver<State>,
    seq: u32,
}

/// What is pushed, but for states.
#[derive(Debug)]
enum Heard {
    Welcome(Welcome),
    Joined(Pilot),
    Left(u32),
    Shot(proto::Shot),
    Hit(proto::Hit),
    Killed(proto::Kill),
    Spawned(proto::Spawn),
    Arenas(Arenas),
}

impl Player {
    async fn new(app: &TestApp) -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let (seen, states) = watch::channel(State::default());
        let tell = move |heard| {
            // At the end of a test nobody listens.
            let _ = sender.send(heard);
        };
        let builder = Client::builder().serializer(Protobuf);
        let [a, b, c, d, e, f, g, h] = std::array::from_fn(|_| tell.clone());
        ArenaPush::on(&builder)
            .welcome(move |welcome| a(Heard::Welcome(welcome)))
            .state(move |state| drop(seen.send_replace(state)))
            .joined(move |pilot| b(Heard::Joined(pilot)))
            .left(move |left| c(Heard::Left(left.tank)))
            .shot(move |shot| d(Heard::Shot(shot)))
            .hit(move |hit| e(Heard::Hit(hit)))
            .killed(move |kill| f(Heard::Killed(kill)))
            .spawned(move |spawn| g(Heard::Spawned(spawn)));
        LobbyPush::on(&builder).arenas(move |arenas| h(Heard::Arenas(arenas)));
        let client = app.connect_with(builder).await;
        let (lobby, arena) = (LobbyClient::new(&client), ArenaClient::new(&client));
        Self { client, lobby, arena, heard, states, seq: 0 }
    }

    /// A pilot in any arena, with the welcome.
    async fn playing(app: &TestApp, name: &str) -> (Self, RoomId, Welcome) {
        let mut player = Self::new(app).await;
        let seat = player.play(name, 0).await.expect("a place");
        let welcome = player.hears(|heard| match heard {
            Heard::Welcome(welcome) => Some(welcome),
            _ => None,
        });
        let welcome = welcome.await;
        (player, seat, welcome)
    }

    async fn play(&self, name: &str, arena: u64) -> Result<RoomId> {
        let seat = self.lobby.play(&Play { name: name.to_owned(), hue: 400, arena }).await?;
        Ok(seat.arena.into())
    }

    /// Waits for a push of some kind, and leaves out others.
    async fn hears<T>(&mut self, pick: impl Fn(Heard) -> Option<T>) -> T {
        let picked = async {
            loop {
                let heard = self.heard.recv().await.expect("a connection");
                if let Some(picked) = pick(heard) {
                    return picked;
                }
            }
        };
        timeout(PATIENCE, picked).await.expect("it is pushed in time")
    }

    /// Waits for a state.
    async fn sees(&mut self, wanted: impl Fn(&State) -> bool) -> State {
        let seen = timeout(PATIENCE, self.states.wait_for(|state| wanted(state))).await;
        seen.expect("the state comes").expect("a connection").clone()
    }

    /// Sends the next command.
    async fn drive(&mut self, command: Command) {
        self.seq += 1;
        self.arena.drive(&Command { seq: self.seq, ..command }).await.expect("a connection");
    }

    /// Waits until the next tick has been seen.
    async fn tick(&mut self) -> State {
        let last = self.states.borrow().tick;
        self.sees(|state| state.tick > last).await
    }
}

fn tank_of(state: &State, id: u32) -> Option<&proto::Tank> {
    state.tanks.iter().find(|tank| tank.id == id)
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    let error = result.expect_err("a refusal");
    error.code().unwrap_or_default().to_owned()
}

async fn start() -> TestApp {
    TestApp::start(crate::app(Map::arena())).await
}

#[test]
fn the_build_script_saw_every_route() {
    testing::assert_routes(&crate::app(Map::arena()));
}

#[tokio::test(start_paused = true)]
async fn who_plays_gets_a_tank_and_the_others_are_told() {
    let app = start().await;
    let (mut ann, first, welcome) = Player::playing(&app, " Ann ").await;
    assert_eq!((welcome.id, welcome.pilots.len(), welcome.rows.len()), (1, 1, 30));
    let pilot = &welcome.pilots[0];
    assert_eq!((pilot.name.as_str(), pilot.hue, pilot.kills), ("Ann", 40, 0));
    let state = ann.sees(|state| !state.tanks.is_empty()).await;
    assert_eq!((state.tanks[0].id, state.tanks[0].health), (1, HEALTH as u32));

    let (mut bob, second, welcome) = Player::playing(&app, "Bob").await;
    assert_eq!((second, welcome.id, welcome.pilots.len()), (first, 2, 2));
    let joined = ann.hears(|heard| match heard {
        Heard::Joined(pilot) => Some(pilot.name),
        _ => None,
    });
    assert_eq!(joined.await, "Bob");
    let spawned = |heard| match heard {
        Heard::Spawned(spawn) if spawn.tank == 2 => Some(()),
        _ => None,
    };
    ann.hears(spawned).await;
    bob.hears(spawned).await;
    bob.sees(|state| state.tanks.len() == 2).await;
    assert_eq!(code(bob.play("Bob", 0).await), "already_in_room");

    bob.arena.quit().await.expect("a connection");
    let left = |heard| if let Heard::Left(tank) = heard { Some(tank) } else { None };
    assert_eq!(ann.hears(left).await, 2);
    ann.sees(|state| state.tanks.len() == 1).await;
    // Another tank, and not the one of before.
    tokio::time::advance(Duration::from_secs(1)).await;
    bob.play("Bob", first.get()).await.expect("a place");
    bob.sees(|state| tank_of(state, 3).is_some()).await;
    bob.client.close().await;
    assert_eq!(ann.hears(left).await, 3);
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_tank_goes_where_its_commands_say_and_each_is_confirmed() {
    let app = start().await;
    let (mut ann, _, welcome) = Player::playing(&app, "Ann").await;
    let start = ann.sees(|state| !state.tanks.is_empty()).await.tanks[0];
    for _ in 0..20 {
        let heading = start.heading;
        ann.drive(Command { heading, throttle: THROTTLE as u32, aim: 77, ..Command::default() })
            .await;
        ann.tick().await;
    }
    let state =
        ann.sees(|state| tank_of(state, welcome.id).is_some_and(|tank| tank.seq == 20)).await;
    let moved = tank_of(&state, welcome.id).expect("a tank");
    assert_eq!((moved.aim, moved.heading), (77, start.heading));
    assert_ne!((moved.x, moved.y), (start.x, start.y));
    // Without commands it stands still, and nothing else changes.
    for _ in 0..10 {
        ann.tick().await;
    }
    let later = ann.tick().await;
    let rests = tank_of(&later, welcome.id).expect("a tank");
    assert_eq!((rests.x, rests.y, rests.seq), (moved.x, moved.y, 20));
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_no_page_would_send_moves_nothing() {
    let app = start().await;
    let (mut ann, _, welcome) = Player::playing(&app, "Ann").await;
    let start = ann.sees(|state| !state.tanks.is_empty()).await.tanks[0];
    let stranger = Player::new(&app).await;
    let good = Command { seq: 1, throttle: 16, ..Command::default() };
    stranger.arena.drive(&good).await.expect("a connection");
    for bad in [
        Command { throttle: 17, ..good },
        Command { throttle: u32::MAX, ..good },
        Command { heading: 1024, ..good },
        Command { aim: u32::MAX, ..good },
        Command { seq: 0, ..good },
    ] {
        ann.arena.drive(&bad).await.expect("a connection");
    }
    for _ in 0..10 {
        ann.tick().await;
    }
    let state = ann.tick().await;
    let rests = tank_of(&state, welcome.id).expect("a tank");
    assert_eq!((rests.x, rests.y, rests.seq), (start.x, start.y, 0));

    // A flood drives a tank as far as its ticks allow, and the rest is refused.
    let ticks = ann.states.borrow().tick;
    for _ in 0..300 {
        ann.drive(good).await;
    }
    for _ in 0..5 {
        ann.tick().await;
    }
    let state = ann.tick().await;
    let passed = state.tick - ticks;
    let done = tank_of(&state, welcome.id).expect("a tank").seq;
    assert!(done > 0 && done <= passed + 6, "{done} commands in {passed} ticks");
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn names_are_cleaned_and_a_link_leads_to_the_arena_of_a_friend() {
    let app = start().await;
    let ann = Player::new(&app).await;
    for bad in ["", "  ", "12345678901234567", "a\nb", "a\u{202e}b"] {
        assert_eq!(code(ann.play(bad, 0).await), "bad_name", "{bad:?}");
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    // The room that nobody entered is not there for ever; this one has another.
    let (_first, full, _) = Player::playing(&app, "P1").await;
    let mut others = Vec::new();
    for number in 2..=PLACES {
        let player = Player::new(&app).await;
        assert_eq!(player.play(&format!("P{number}"), 0).await.expect("a place"), full);
        others.push(player);
    }
    assert_eq!(code(ann.play("Ann", full.get()).await), "room_full");
    let other = ann.play("Ann", 0).await.expect("a place");
    assert_ne!(other, full);
    let friend = Player::new(&app).await;
    assert_eq!(friend.play("Friend", other.get()).await.expect("a place"), other);
    // An arena that has closed is no reason to stay out.
    let late = Player::new(&app).await;
    assert_eq!(late.play("Late", 999_999).await.expect("a place"), other);
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_lobby_shows_arenas_as_they_fill() {
    let app = start().await;
    let mut guest = Player::new(&app).await;
    assert!(guest.lobby.visit().await.expect("a list").shown.is_empty());
    let (_ann, arena, _) = Player::playing(&app, "Ann").await;
    let shown = |heard| match heard {
        Heard::Arenas(arenas) => arenas.shown.into_iter().find(|offer| !offer.pilots.is_empty()),
        _ => None,
    };
    let offer = guest.hears(shown).await;
    assert_eq!(
        (offer.arena, offer.places, offer.pilots),
        (arena.get(), 15, vec!["Ann".to_owned()])
    );
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn shots_and_their_ends_are_told_once_to_everybody() {
    let app = start().await;
    let (mut ann, _, _) = Player::playing(&app, "Ann").await;
    let (mut bob, _, own) = Player::playing(&app, "Bob").await;
    let state = bob.sees(|state| state.tanks.len() == 2).await;
    let start = *tank_of(&state, own.id).expect("a tank");
    bob.drive(Command { aim: start.heading, fire: true, ..Command::default() }).await;
    let shot = |heard| if let Heard::Shot(shot) = heard { Some(shot) } else { None };
    let (seen, heard) = (ann.hears(shot).await, bob.hears(shot).await);
    assert_eq!(seen, heard);
    assert_eq!((seen.owner, seen.seq, seen.aim), (own.id, 1, start.heading));
    assert_eq!((seen.x, seen.y), (start.x, start.y));
    // Shots along the walls come back, and destroy who stays where it is: everybody is told the same.
    let kills = |heard| if let Heard::Killed(kill) = heard { Some(kill) } else { None };
    let hits = |heard| if let Heard::Hit(hit) = heard { Some(hit.tank) } else { None };
    let mut shots = 0;
    while tank_of(&bob.tick().await, own.id).is_some() {
        // Along the axes; one of them has a wall that is near.
        bob.drive(Command { aim: (shots / 60 % 4) * 256, fire: true, ..Command::default() }).await;
        shots += 1;
        assert!(shots < 2_000, "no shell has come back");
    }
    assert_eq!(ann.hears(hits).await, own.id);
    let (seen, heard) = (ann.hears(kills).await, bob.hears(kills).await);
    assert_eq!(seen, heard);
    assert_eq!((seen.tank, seen.by, seen.deaths, seen.kills), (own.id, own.id, 1, 0));
    bob.sees(|state| tank_of(state, own.id).is_some_and(|tank| tank.shield > 0)).await;
    app.shutdown().await;
}

#[test]
fn a_state_of_a_full_arena_fits_a_datagram() {
    let tank = proto::Tank {
        id: 1_000,
        x: 44 * 640,
        y: 30 * 640,
        heading: 1023,
        speed: -112,
        aim: 1023,
        health: 100,
        reload: 14,
        boost: 270,
        shield: 50,
        seq: 30 * 3600 * 24,
        away: true,
    };
    let state = State { tick: 30 * 3600 * 24, tanks: vec![tank; PLACES] };
    assert!(state.encoded_len() < 700, "{}", state.encoded_len());
}

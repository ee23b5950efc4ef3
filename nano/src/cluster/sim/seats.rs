//! The players of the random faults in named rooms.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use super::observe::{self, Start};
use super::players::Player;
use super::tables::{NAMES, Said, Way};

/// Where a player is, as far as it knows.
#[derive(Clone, Default)]
pub(super) struct Seats(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// The room that it is in.
    room: Option<String>,
    /// The rooms that it may hear from: it has asked for an entry, and has not left since.
    hears: BTreeSet<String>,
}

impl Seats {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().expect("no panic")
    }

    /// Returns what checks the messages of rooms.
    pub(super) fn hears(&self, start: Start, name: &str) -> impl FnMut(Said) + Send + 'static {
        let (seats, name) = (self.clone(), name.to_owned());
        move |(room, which, number)| {
            if !seats.known().hears.contains(&room) {
                observe::broken(format!("{name} hears {number} of room {room}, and is not in it"));
            }
            observe::grows(start, &format!("messages of room {which} to {name}"), number);
        }
    }
}

impl Player<'_> {
    /// Enters a room, or does something in it.
    pub(super) async fn sits(&mut self) {
        let room = self.seats.known().room.clone();
        match (room, self.dice.roll(8)) {
            (None, _) => self.enters().await,
            (Some(room), 0..6) => self.says(&room).await,
            (Some(room), _) => self.quits(&room).await,
        }
    }

    async fn enters(&mut self) {
        let room = NAMES[self.dice.roll(NAMES.len())].to_owned();
        let component = ["chat", "desk"][self.dice.roll(2)];
        let way = Way { line: self.line(), room: room.clone() };
        if self.request::<bool>(component, "open", &way).await.is_err() {
            return;
        }
        self.seats.known().hears.insert(room.clone());
        let component = ["chat", "desk"][self.dice.roll(2)];
        let way = Way { line: self.line(), room: room.clone() };
        if self.request::<()>(component, "enter", &way).await.is_ok() {
            self.seats.known().room = Some(room);
        }
    }

    async fn says(&mut self, room: &str) {
        let line = self.line();
        match self.request::<(String, u64)>("table", "say", &line).await {
            Ok((told, number)) if told == room => self.expect("say", Some(number), line.number),
            Ok((told, _)) => {
                observe::broken(format!("{line:?} for room {room} comes to room {told}"))
            }
            Err(code) if code == "room_closed" => self.seats.known().room = None,
            Err(_) => {}
        }
    }

    async fn quits(&mut self, room: &str) {
        let component = ["table", "chat", "desk"][self.dice.roll(3)];
        let line = self.line();
        let answer = self.request::<bool>(component, "quit", &line).await;
        let mut known = self.seats.known();
        match answer {
            // What the room has sent comes on another way, unless it was asked itself.
            Ok(true) if component == "table" => {
                known.hears.remove(room);
                known.room = None;
            }
            Ok(_) => known.room = None,
            Err(code) if code == "room_closed" => known.room = None,
            Err(_) => {}
        }
    }
}

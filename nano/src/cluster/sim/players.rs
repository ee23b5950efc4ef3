//! The players of the random faults, who check what they receive.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use super::dice::Dice;
use super::seats::Seats;
use super::world::Life;
use super::{observe, users};
use crate::client::{Client, CloseReason};
use crate::testing::TestApp;
use crate::{Error, Json, random};

/// The players of one gate.
pub(super) const PLAYERS: usize = 17;

/// The longest time for an answer: a link is silent for three seconds before it ends, and a handler is given three.
const LONGEST: Duration = Duration::from_secs(8);

/// The time after which a client gives up, which is a fault.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time from the last answer of a session that ends to the end of its connection.
const AT_ONCE: Duration = Duration::from_millis(100);

/// The codes of errors that nodes may cause which come and go.
const CODES: [&str; 5] = ["closed", "node_lost", "not_found", "shutdown", "unavailable"];

/// The codes that some routes may cause besides.
const CODES_OF_ROUTES: [(&str, &str); 9] = [
    ("stuck", "timeout"),
    ("hello", "timeout"),
    ("hello", "already_online"),
    ("open", "timeout"),
    ("enter", "timeout"),
    ("enter", "room_closed"),
    ("enter", "already_in_room"),
    ("say", "room_closed"),
    ("quit", "room_closed"),
];

/// A message of a player, whose numbers only grow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) number: u64,
}

/// A player's login as a user, whom others may share.
#[derive(Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) line: Line,
    pub(super) uid: String,
}

/// A message about a user.
#[derive(Serialize, Deserialize)]
pub(super) struct Tell {
    pub(super) line: Line,
    pub(super) uid: String,
}

/// Lets all players of a gate play, until they are asked to leave.
pub(super) async fn play(life: Life, app: TestApp) {
    join_all((0..PLAYERS).map(|place| visit_again(&life, &app, place))).await;
    std::future::pending().await
}

async fn visit_again(life: &Life, app: &TestApp, place: usize) {
    let mut dice = Dice::new(random::number());
    for visit in 0.. {
        sleep(dice.millis(10, 1500)).await;
        if life.with(|host| host.is_quiet) {
            return;
        }
        let (gate, start) = life.start;
        let name = format!("{gate}.{start}.{place}.{visit}");
        let is_shared = dice.roll(4) == 0;
        let uid = if is_shared { user(&mut dice) } else { name.clone() };
        let told = {
            let (uid, name) = (uid.clone(), name.clone());
            move |(user, word): (String, String)| {
                if user != uid {
                    observe::broken(format!("{name}, who is {uid}, hears what is for {user}"));
                }
                observe::once(format!("{name} is told {word}"));
            }
        };
        let seats = Seats::default();
        let said = seats.hears(life.start, &name);
        let whispered = {
            let name = name.clone();
            move |told: String| {
                if told != name {
                    observe::broken(format!("{name} hears what is for {told}"));
                }
            }
        };
        let shouted = {
            let (start, name) = (life.start, name.clone());
            move |(from, number): (String, u64)| {
                observe::grows(start, &format!("shouts of {from} to {name}"), number);
            }
        };
        let builder = Client::builder()
            .request_timeout(PATIENCE)
            .on("onWhisper", whispered)
            .on("onTold", told)
            .on("onSay", said)
            .on("onShout", shouted);
        // A gate that goes away takes nobody.
        let Ok(client) = builder.over(app.pipe()).await else { continue };
        let mut player = Player { life, client, name, uid, dice: &mut dice, last: 0, seats };
        player.visit().await;
        player.leaves();
        if player.dice.roll(2) == 0 {
            player.client.close().await;
        }
    }
}

/// One of the users that are shared.
fn user(dice: &mut Dice) -> String {
    format!("user{}", dice.roll(users::USERS))
}

pub(super) struct Player<'a> {
    life: &'a Life,
    client: Client<Json>,
    name: String,
    uid: String,
    pub(super) dice: &'a mut Dice,
    /// The number of the last message.
    last: u64,
    pub(super) seats: Seats,
}

impl Player<'_> {
    async fn visit(&mut self) {
        let hello = Hello { line: self.line(), uid: self.uid.clone() };
        users::asks(&self.uid, &self.name);
        let bound = self.request::<()>("chat", "hello", &hello).await;
        users::answered(&self.uid, &self.name, bound.is_ok());
        if bound.as_ref().is_err_and(|code| code == "already_online") {
            users::refused(&self.uid, &self.name);
        }
        for _ in 0..=self.dice.roll(12) {
            sleep(self.dice.millis(100, 1000)).await;
            if self.life.with(|host| host.is_quiet) || self.client.closed().now_or_never().is_some()
            {
                return;
            }
            match self.dice.roll(100) {
                0..20 => self.asks("echo").await,
                20..40 => self.sits().await,
                40..50 => self.burst().await,
                50..60 => self.write().await,
                60..68 => self.asks("later").await,
                68..78 => self.asks("relay").await,
                78..84 => self.asks("whisper").await,
                84..86 => self.asks("shout").await,
                86..88 => self.tells().await,
                88..90 => self.asks("stuck").await,
                90..94 => {
                    let line = self.line();
                    let _ = self.client.notify("chat.leave", &line).await;
                    return sleep(self.dice.millis(0, 200)).await;
                }
                _ => return self.vanish().await,
            }
        }
    }

    /// Checks the end of a visit that the cluster has ended.
    fn leaves(&self) {
        if self.is_replaced() {
            users::replaced(&self.uid, &self.name);
        }
    }

    fn reason(&self) -> Option<String> {
        match self.client.closed().now_or_never()? {
            CloseReason::Kicked { reason } => Some(reason),
            _ => None,
        }
    }

    fn end(&self) -> String {
        self.reason().unwrap_or_else(|| "the connection is closed".to_owned())
    }

    /// Returns `true` if an answer came only because the session ends: a handler has the reply still, or another node the
    /// message, and is told so first.
    async fn is_ended(&self, error: &Error) -> bool {
        matches!(error.code(), Some("no_reply" | "closed"))
            && timeout(AT_ONCE, self.client.closed()).await.is_ok()
    }

    fn is_replaced(&self) -> bool {
        self.reason().is_some_and(|reason| reason == "replaced")
    }

    /// Tells a user something, or looks for it, or has it closed.
    async fn tells(&mut self) {
        let tell = Tell { line: self.line(), uid: user(self.dice) };
        let route = ["tell", "tell", "tell", "seek", "seek", "oust"][self.dice.roll(6)];
        let number = tell.line.number;
        let answer = self.request::<u64>("chat", route, &tell).await.ok();
        self.expect(route, answer, number);
    }

    pub(super) fn line(&mut self) -> Line {
        self.last += 1;
        Line { name: self.name.clone(), number: self.last }
    }

    /// Asks for the number of the message.
    async fn asks(&mut self, route: &'static str) {
        let answer = self.ask::<u64>(route).await;
        let expected = self.last;
        self.expect(route, answer, expected);
    }

    pub(super) fn expect(&self, route: &str, answer: Option<u64>, expected: u64) {
        if answer.is_some_and(|answer| answer != expected) {
            observe::broken(format!("{route} {expected} of {} is answered {answer:?}", self.name));
        }
    }

    async fn ask<T: DeserializeOwned + 'static>(&mut self, route: &'static str) -> Option<T> {
        let line = self.line();
        self.request("chat", route, &line).await.ok()
    }

    /// Asks a component, and returns the answer or the code of the error.
    pub(super) async fn request<T: DeserializeOwned + 'static>(
        &self,
        component: &str,
        route: &'static str,
        message: &impl Serialize,
    ) -> Result<T, String> {
        let (asked, path) = (observe::now(), format!("{component}.{route}"));
        observe::event(&format!("{} asks {path}", self.name));
        let answer = self.client.request(&path, message).await;
        let took = observe::now().saturating_sub(asked);
        let answer = match answer {
            Err(error) if self.is_ended(&error).await => Err(self.end()),
            answer => answer.map_err(|error| self.check(route, &error)),
        };
        let checked = answer.as_ref().map(drop).map_err(Clone::clone);
        if took > LONGEST {
            observe::broken(format!("{route} of {} took {took:?}: {checked:?}", self.name));
        }
        self.life.answered(route, checked);
        answer
    }

    /// Checks an error, and returns its code.
    fn check(&self, route: &str, error: &Error) -> String {
        let Some(code) = error.code() else {
            let text = error.to_string();
            if text.contains("not answered") {
                observe::broken(format!("{text}, {} says", self.name));
            }
            return self.end();
        };
        if !CODES.contains(&code) && !CODES_OF_ROUTES.contains(&(route, code)) {
            observe::broken(format!("{route} of {} has the error {error:?}", self.name));
        }
        code.to_owned()
    }

    /// Sends several messages without waiting.
    async fn burst(&mut self) {
        let lines = [self.line(), self.line(), self.line()];
        let _ = self.client.notify("chat.note", &lines[0]).await;
        let asked =
            (self.request("chat", "echo", &lines[1]), self.request("chat", "echo", &lines[2]));
        let answers = futures_util::future::join(asked.0, asked.1).await;
        for (answer, line) in [answers.0, answers.1].into_iter().zip(&lines[1..]) {
            self.expect("echo", answer.ok(), line.number);
        }
    }

    /// Lets a backend write, and reads at the gate.
    async fn write(&mut self) {
        let Some(written) = self.ask::<u64>("write").await else { return };
        let read = self.client.request::<_, Option<u64>>("desk.read", &()).await;
        if read.as_ref().is_ok_and(|read| *read != Some(written)) {
            let name = &self.name;
            observe::broken(format!("{name} wrote {written} and reads {read:?}"));
        }
    }

    /// Goes without a word, while a call is made for it.
    async fn vanish(&mut self) {
        let (line, patience) = (self.line(), self.dice.millis(1, 60));
        let _ = self.client.notify("chat.post", &line).await;
        sleep(patience).await;
    }
}

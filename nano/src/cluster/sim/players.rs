//! The players of the random faults, who check what they receive.

use std::time::Duration;

use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::dice::Dice;
use super::observe;
use super::world::Life;
use crate::client::Client;
use crate::testing::TestApp;
use crate::{Error, Json, random};

/// The players of one gate.
pub(super) const PLAYERS: usize = 17;

/// The longest time for an answer: a link is silent for three seconds before it ends, and a handler is given three.
const LONGEST: Duration = Duration::from_secs(8);

/// The time after which a client gives up, which is a fault.
const PATIENCE: Duration = Duration::from_secs(60);

/// The codes of errors that nodes may cause which come and go.
const CODES: [&str; 5] = ["closed", "node_lost", "not_found", "shutdown", "unavailable"];

/// A message of a player, whose numbers only grow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) number: u64,
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
            .on("onShout", shouted);
        // A gate that goes away takes nobody.
        let Ok(client) = builder.over(app.pipe()).await else { continue };
        let mut player = Player { life, client, name, dice: &mut dice, last: 0 };
        player.visit().await;
        if player.dice.roll(2) == 0 {
            player.client.close().await;
        }
    }
}

struct Player<'a> {
    life: &'a Life,
    client: Client<Json>,
    name: String,
    dice: &'a mut Dice,
    /// The number of the last message.
    last: u64,
}

impl Player<'_> {
    async fn visit(&mut self) {
        self.ask::<()>("hello").await;
        for _ in 0..=self.dice.roll(12) {
            sleep(self.dice.millis(100, 1000)).await;
            if self.life.with(|host| host.is_quiet) {
                return;
            }
            match self.dice.roll(100) {
                0..40 => self.asks("echo").await,
                40..50 => self.burst().await,
                50..60 => self.write().await,
                60..68 => self.asks("later").await,
                68..78 => self.asks("relay").await,
                78..84 => self.asks("whisper").await,
                84..88 => self.asks("shout").await,
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

    fn line(&mut self) -> Line {
        self.last += 1;
        Line { name: self.name.clone(), number: self.last }
    }

    /// Asks for the number of the message.
    async fn asks(&mut self, route: &'static str) {
        let answer = self.ask::<u64>(route).await;
        let expected = self.last;
        self.expect(route, answer, expected);
    }

    fn expect(&self, route: &str, answer: Option<u64>, expected: u64) {
        if answer.is_some_and(|answer| answer != expected) {
            observe::broken(format!("{route} {expected} of {} is answered {answer:?}", self.name));
        }
    }

    async fn ask<T: DeserializeOwned + 'static>(&mut self, route: &'static str) -> Option<T> {
        let line = self.line();
        self.request(route, &line).await
    }

    async fn request<T: DeserializeOwned + 'static>(
        &self,
        route: &'static str,
        line: &Line,
    ) -> Option<T> {
        let (asked, path) = (observe::now(), format!("chat.{route}"));
        let answer = self.client.request(&path, line).await;
        let took = observe::now().saturating_sub(asked);
        let checked = answer.as_ref().map(drop).map_err(|error| self.check(route, error));
        if took > LONGEST {
            observe::broken(format!("{route} of {} took {took:?}: {checked:?}", self.name));
        }
        self.life.answered(route, checked);
        answer.ok()
    }

    /// Checks an error, and returns its code.
    fn check(&self, route: &str, error: &Error) -> String {
        let Some(code) = error.code() else {
            let text = error.to_string();
            if text.contains("not answered") {
                observe::broken(format!("{text}, {} says", self.name));
            }
            return "the connection is closed".to_owned();
        };
        if !CODES.contains(&code) && (route, code) != ("stuck", "timeout") {
            observe::broken(format!("{route} of {} has the error {error:?}", self.name));
        }
        code.to_owned()
    }

    /// Sends several messages without waiting.
    async fn burst(&mut self) {
        let lines = [self.line(), self.line(), self.line()];
        let _ = self.client.notify("chat.note", &lines[0]).await;
        let asked = (self.request("echo", &lines[1]), self.request("echo", &lines[2]));
        let answers = futures_util::future::join(asked.0, asked.1).await;
        for (answer, line) in [answers.0, answers.1].into_iter().zip(&lines[1..]) {
            self.expect("echo", answer, line.number);
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

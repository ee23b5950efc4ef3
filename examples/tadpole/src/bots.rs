//! Bots: visitors without a page. Each is a client of its own, over the network like any other, and calls the
//! pond through `PondClient`, which `#[component]` writes for `Pond`.

mod body;

use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::{ErrorKind, Protobuf, Result};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::pond::proto::{Enter, Say, Words};
use crate::pond::{PondClient, PondPush};
use body::Body;

const NAMES: [&str; 12] = [
    "Pip", "Momo", "Wiggle", "Otto", "Luna", "Bubbles", "Finn", "Dot", "Nori", "Ada", "Juno",
    "Plop",
];
const REMARKS: [&str; 6] = [
    "lovely water today",
    "round and round",
    "blub",
    "has anybody seen a frog?",
    "wheee",
    "so quiet here",
];
const ANSWERS: [&str; 4] = ["hello!", "that's me", "blub?", "nice to meet you"];

/// 20 updates a second, as the pages send them.
const TICK: Duration = Duration::from_millis(50);
/// One remark in so many ticks, on average: every half minute.
const REMARK_ODDS: u32 = 600;
/// The number of remarks that may wait for the bot; further ones are dropped.
const INBOX: usize = 16;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Lets `count` bots swim in the pond at `url`, until it is dropped.
pub(crate) async fn swim(count: u16, url: String) {
    let mut bots = JoinSet::new();
    for number in 0..count {
        let url = url.clone();
        bots.spawn(async move { live(number, &url).await });
    }
    // Dropped with this function, they end with it.
    while bots.join_next().await.is_some() {}
}

/// Visits the pond again and again: after a lost connection, and after a refusal.
async fn live(number: u16, url: &str) {
    let name = name(number);
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        match visit(&name, url).await {
            Ok(reason) => tracing::info!(bot = name, %reason, "the connection ended"),
            Err(error) => tracing::info!(bot = name, ?error, "a visit failed"),
        }
        if started.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        // At different times, because all bots may have lost their connections at once.
        sleep(pause.mul_f32(0.5 + fastrand::f32() / 2.0)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// One connection, from its beginning to its end.
async fn visit(name: &str, url: &str) -> Result<CloseReason> {
    let (heard, mut inbox) = mpsc::channel::<Words>(INBOX);
    let builder = Client::builder().serializer(Protobuf);
    // The task that reads waits for this handler, so it only hands over.
    PondPush::on(&builder).tadpole_said(move |words| {
        let _ = heard.try_send(words);
    });
    let client = builder.connect(url).await?;
    let pond = PondClient::new(&client);
    let welcome = pond.enter(&Enter { name: name.to_owned(), hue: fastrand::u32(0..360) }).await?;
    let start = welcome.tadpoles.iter().find(|tadpole| tadpole.id == welcome.id);
    let start = start.and_then(|tadpole| tadpole.position).unwrap_or_default();
    let mut body = Body::new(start, welcome.speed);

    let mut ticks = interval(TICK);
    // After a stall there is no need to catch up: only the current position counts.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            reason = client.closed() => return Ok(reason),
            Some(words) = inbox.recv() => {
                if words.id != welcome.id && is_addressed(name, &words.text) {
                    say(&pond, pick(&ANSWERS)).await?;
                }
            }
            _ = ticks.tick() => {
                body.swim(TICK);
                pond.swim(&body.position()).await?;
                if fastrand::u32(0..REMARK_ODDS) == 0 {
                    say(&pond, pick(&REMARKS)).await?;
                }
            }
        }
    }
}

/// Says something. A refusal of the pond does not end the visit.
async fn say(pond: &PondClient<Client<Protobuf>>, text: &str) -> Result<()> {
    match pond.say(&Say { text: text.to_owned() }).await {
        Err(error) if error.kind() == ErrorKind::Rejected => {
            tracing::debug!(?error, "a bot was not heard");
            Ok(())
        }
        said => said,
    }
}

/// Returns `true` if somebody speaks to the bot of this name.
fn is_addressed(name: &str, text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word.eq_ignore_ascii_case(name))
}

/// Every bot has a name of its own: from the second round on, with a number.
fn name(number: u16) -> String {
    let (round, index) = (usize::from(number) / NAMES.len(), usize::from(number) % NAMES.len());
    match round {
        0 => NAMES[index].to_owned(),
        _ => format!("{}{}", NAMES[index], round + 1),
    }
}

fn pick(from: &'static [&'static str]) -> &'static str {
    fastrand::choice(from).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;

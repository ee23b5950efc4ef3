//! Bots: tanks without a page. Each is a client of its own, over the network like any other, through the typed callers that
//! `#[component]` writes.

mod brain;
mod route;
#[cfg(test)]
mod tests;

use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::{Error, Protobuf, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::arena::{ArenaClient, TICK};
use crate::game::Map;
use crate::lobby::LobbyClient;
use crate::messages::ArenaPush;
use crate::messages::proto::{Play, State, Welcome};
use brain::Brain;

const NAMES: [&str; 16] = [
    "Rusty", "Bolt", "Diesel", "Clank", "Sprocket", "Gizmo", "Turbo", "Nut", "Piston", "Widget",
    "Axle", "Cog", "Torque", "Rivet", "Socket", "Flux",
];
const PAUSE: Duration = Duration::from_secs(3);
/// The time within which an arena welcomes who entered it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets `count` bots drive at the server at `url`, until it is dropped.
pub(crate) async fn drive(count: u16, url: String) {
    let mut bots = JoinSet::new();
    for number in 0..count {
        let url = url.clone();
        bots.spawn(async move { live(number, &url).await });
    }
    // Dropped with this function, they end with it.
    while bots.join_next().await.is_some() {}
}

/// Connects again and again: after a lost connection, and after a refusal.
async fn live(number: u16, url: &str) {
    let name = name(number);
    loop {
        match visit(&name, number, url).await {
            Ok(reason) => tracing::info!(bot = name, %reason, "the connection ended"),
            Err(error) => tracing::info!(bot = name, ?error, "a visit failed"),
        }
        // At different times, because all bots may have lost their connections at once.
        sleep(PAUSE.mul_f32(0.5 + fastrand::f32() / 2.0)).await;
    }
}

/// One connection, from its beginning to its end.
async fn visit(name: &str, number: u16, url: &str) -> Result<CloseReason> {
    let (welcomed, mut welcome) = watch::channel(None::<Welcome>);
    let (seen, mut states) = watch::channel(State::default());
    let builder = Client::builder().serializer(Protobuf);
    ArenaPush::on(&builder)
        .welcome(move |welcome| drop(welcomed.send_replace(Some(welcome))))
        // It keeps the newest only, as the queue of the server does.
        .state(move |state| drop(seen.send_replace(state)));
    let client = builder.connect(url).await?;
    // Neighbours on the colour wheel are far apart.
    let hue = u32::from(number) * 137 % 360;
    LobbyClient::new(&client).play(&Play { name: name.to_owned(), hue, arena: 0 }).await?;
    let welcome = match timeout(PATIENCE, welcome.wait_for(Option::is_some)).await {
        Ok(Ok(welcome)) => welcome.clone().unwrap_or_default(),
        _ => return Err(Error::internal("the arena welcomes nobody")),
    };
    let map = Map::new(welcome.rows).ok_or_else(|| Error::internal("the map is none"))?;
    let (arena, mut brain) = (ArenaClient::new(&client), Brain::new(welcome.id, map));

    let mut ticks = interval(TICK);
    // After a stall there is no need to catch up: only the current state counts.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            reason = client.closed() => return Ok(reason),
            _ = ticks.tick() => {
                let command = brain.decide(&states.borrow_and_update());
                if let Some(command) = command {
                    arena.drive(&command).await?;
                }
            }
        }
    }
}

/// Every bot has a name of its own: from the second round on, with a number.
fn name(number: u16) -> String {
    let (round, index) = (usize::from(number) / NAMES.len(), usize::from(number) % NAMES.len());
    match round {
        0 => NAMES[index].to_owned(),
        _ => format!("{} {}", NAMES[index], round + 1),
    }
}

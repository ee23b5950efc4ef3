//! Bots that come over the network as pages do, and play with whoever is there.

use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::{ErrorKind, Json, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::lobby::{Hello, LobbyClient, LobbyPush};
use crate::rules::Move;
use crate::table::{Phase, Play, TableClient, TablePush, View};

const NAMES: [&str; 12] =
    ["Ida", "Gus", "Nell", "Otis", "Pearl", "Hugo", "Fay", "Milo", "Vera", "Ned", "Opal", "Rex"];
const PAUSE: Duration = Duration::from_secs(3);
/// The longest rest between two visits to tables, in seconds.
const REST: u64 = 30;
/// A bot leaves a table at which nothing happens for so long.
const PATIENCE: Duration = Duration::from_secs(60);

type Tables = TableClient<Client<Json>>;

/// Lets `count` bots play at the server at `url`, until it is dropped.
pub(crate) async fn play(count: u16, url: String) {
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
    let name = NAMES[usize::from(number) % NAMES.len()];
    loop {
        match visit(name, url).await {
            Ok(reason) => tracing::info!(bot = name, %reason, "the connection ended"),
            Err(error) => tracing::info!(bot = name, ?error, "a visit failed"),
        }
        // At different times, because all bots may have lost their connections at once.
        sleep(PAUSE.mul_f32(rand::random_range(0.5..1.0))).await;
    }
}

/// One connection, from its beginning to its end.
async fn visit(name: &str, url: &str) -> Result<CloseReason> {
    let (seen, mut table) = watch::channel(None);
    let (opened, mut offers) = watch::channel(false);
    let builder = Client::builder();
    TablePush::on(&builder).changed(move |view| {
        seen.send_replace(Some(view));
    });
    LobbyPush::on(&builder).tables(move |tables| {
        let waits = tables.shown.iter().any(|offer| !offer.is_playing && offer.free > 0);
        opened.send_replace(waits);
    });
    let client = builder.connect(url).await?;
    let (lobby, tables) = (LobbyClient::new(&client), TableClient::new(&client));
    lobby.hello(&Hello { name: name.to_owned() }).await?;
    let games = async {
        loop {
            lobby.visit().await?;
            rest(&mut offers).await;
            table.mark_unchanged();
            match lobby.quick().await {
                Ok(()) => sit(&tables, &mut table).await?,
                Err(error) => tracing::debug!(bot = name, ?error, "no seat"),
            }
        }
    };
    tokio::select! {
        reason = client.closed() => Ok(reason),
        ended = games => ended,
    }
}

/// Stays in the lobby for some seconds, or until somebody waits for players.
async fn rest(offers: &mut watch::Receiver<bool>) {
    let end = Instant::now() + Duration::from_millis(rand::random_range(2_000..REST * 1_000));
    drop(timeout_at(end, offers.wait_for(|waits| *waits)).await);
    sleep(Duration::from_millis(rand::random_range(500..3_000))).await;
}

/// Plays a game or two, and leaves.
async fn sit(tables: &Tables, table: &mut watch::Receiver<Option<View>>) -> Result<()> {
    let mut games = rand::random_range(1..=2);
    let mut was_playing = false;
    loop {
        let Ok(changed) = tokio::time::timeout(PATIENCE, table.changed()).await else { break };
        let view = table.borrow_and_update().clone();
        let (Ok(()), Some(view)) = (changed, view) else { break };
        if view.phase == Phase::Over && was_playing {
            games -= 1;
            if games == 0 {
                break;
            }
        }
        was_playing = view.phase == Phase::Playing;
        if view.turn.is_some() && view.turn == view.you {
            sleep(Duration::from_millis(rand::random_range(700..2_200))).await;
            act(tables, view.choice.advice()).await?;
        }
    }
    // A moment to look at the result.
    sleep(Duration::from_secs(3)).await;
    tables.quit().await
}

/// Makes a move. A refusal does not end the game: the server may have moved in the meantime.
async fn act(tables: &Tables, wanted: Move) -> Result<()> {
    let done = match wanted {
        Move::Play { card, suit } => tables.play(&Play { card, suit }).await,
        Move::Draw => tables.draw().await,
        Move::Pass => tables.pass().await,
    };
    match done {
        Err(error) if error.kind() == ErrorKind::Rejected => {
            tracing::debug!(?error, "a bot's move is refused");
            Ok(())
        }
        done => done,
    }
}

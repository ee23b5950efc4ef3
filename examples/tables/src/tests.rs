//! Games over connections in memory, in paused time.

use std::collections::HashMap;
use std::time::Duration;

use nano::client::Client;
use nano::testing::{Network, TestApp};
use nano::{Error, Json, NewRoom, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::lobby::{Hello, Invitation, LISTED, LobbyClient, NewTable, Tables, Visit};
use crate::rules::Move;
use crate::table::{BREAK, Phase, Play, TURN, TURN_AWAY, TableClient, TableInfo, View};

/// A player with the latest of what the page would show.
struct Player {
    client: Client<Json>,
    lobby: LobbyClient<Client<Json>>,
    table: TableClient<Client<Json>>,
    view: watch::Receiver<Option<View>>,
}

impl Player {
    async fn new(app: &TestApp, name: &str) -> Self {
        Self::over(app, name, &Network::new()).await
    }

    async fn over(app: &TestApp, name: &str, network: &Network) -> Self {
        let (seen, view) = watch::channel(None);
        let builder = Client::builder();
        TablePush::on(&builder).changed(move |view| {
            seen.send_replace(Some(view));
        });
        let client = app.connect_over(network, builder).await;
        let (lobby, table) = (LobbyClient::new(&client), TableClient::new(&client));
        lobby.hello(&Hello { name: name.to_owned() }).await.expect("a good name");
        Self { client, lobby, table, view }
    }

    /// Waits for a view.
    async fn sees(&mut self, wanted: impl Fn(&View) -> bool) -> View {
        let fits = |view: &Option<View>| view.as_ref().is_some_and(&wanted);
        let seen = timeout(Duration::from_secs(600), self.view.wait_for(fits)).await;
        let seen = seen.expect("the view comes").expect("a connection");
        seen.clone().expect("it fits")
    }

    /// Plays by the server's own advice until a game is over.
    async fn play(&mut self) -> View {
        let mut moves = None;
        loop {
            let view = self
                .sees(|view| {
                    view.phase == Phase::Over
                        || (view.turn.is_some()
                            && view.turn == view.you
                            && Some(view.moves) != moves)
                })
                .await;
            if view.phase == Phase::Over {
                return view;
            }
            moves = Some(view.moves);
            // The server takes ten moves a second, and time is paused.
            sleep(Duration::from_millis(200)).await;
            let made = match view.choice.advice() {
                Move::Play { card, suit } => self.table.play(&Play { card, suit }).await,
                Move::Draw => self.table.draw().await,
                Move::Pass => self.table.pass().await,
            };
            made.expect("a legal move");
        }
    }
}

fn open(title: &str, is_private: bool) -> NewTable {
    NewTable { title: title.to_owned(), is_private }
}

/// The code of an error; empty for a success.
fn code<T>(result: &Result<T>) -> &str {
    result.as_ref().err().and_then(Error::code).unwrap_or_default()
}

/// Ann and Ben at a table, in a game.
async fn two(app: &TestApp, network: &Network) -> (Player, Player) {
    let mut ann = Player::over(app, "Ann", network).await;
    let mut ben = Player::new(app, "Ben").await;
    ann.lobby.quick().await.expect("a seat");
    ben.lobby.quick().await.expect("a seat");
    ann.table.start().await.expect("two are enough");
    ann.sees(|view| view.phase == Phase::Playing).await;
    ben.sees(|view| view.phase == Phase::Playing).await;
    (ann, ben)
}

#[tokio::test(start_paused = true)]
async fn the_list_of_very_many_tables_fits_into_a_packet() {
    let app = TestApp::start(app()).await;
    let tables = app.server().rooms::<Table>().expect("tables");
    let fill = || {
        for _ in 0..3 * LISTED {
            let (title, name) = ("\u{1F0A1}".repeat(24), "\u{1F0A1}".repeat(16));
            let players = vec![name; MOST_PLAYERS];
            let info = TableInfo { title: Some(title), players, ..TableInfo::default() };
            tables.open(NewRoom::new(Table::default()).info(info)).expect("a table");
        }
    };
    fill();
    let (told, mut hears) = watch::channel(0);
    let ann = Player::new(&app, "Ann").await;
    LobbyPush::on(&ann.client).tables(move |tables| {
        told.send_replace(tables.shown.len());
    });
    assert_eq!(ann.lobby.visit().await.expect("the list").shown.len(), LISTED);
    fill();
    hears.wait_for(|shown| *shown == LISTED).await.expect("the changes");
}

#[tokio::test(start_paused = true)]
async fn a_game_with_bots_is_played_to_its_end_and_nobody_sees_the_hand_of_another() {
    let app = TestApp::start(app()).await;
    let mut ann = Player::new(&app, "Ann").await;
    ann.lobby.open(&open("Sunday", false)).await.expect("a table");
    assert_eq!(code(&ann.lobby.open(&open("Monday", false)).await), "already_in_room");
    let cid = Player::new(&app, "Cid").await;
    let tables = cid.lobby.visit().await.expect("the list").shown;
    assert_eq!((tables.len(), tables[0].title.as_str(), tables[0].free), (1, "Sunday", 3));
    let visit = Visit { table: tables[0].table, watches: true };
    cid.lobby.join(&visit).await.expect("a place to look on");
    assert_eq!(code(&cid.table.start().await), "not_seated");
    assert_eq!(code(&ann.table.start().await), "alone");
    for _ in 0..3 {
        ann.table.add_bot().await.expect("a free seat");
    }
    assert_eq!(code(&ann.table.add_bot().await), "table_full");
    // What Cid is pushed, throughout.
    let mut watching = cid.view.clone();
    let watching = tokio::spawn(async move {
        loop {
            watching.changed().await.expect("a connection");
            let view = watching.borrow_and_update().clone().expect("a view");
            assert_eq!((view.you, view.choice.hand.len()), (None, 0));
            assert!(view.choice.playable.is_empty());
            if view.phase == Phase::Over {
                return view;
            }
        }
    });
    // Nobody has to start: the table is full.
    let over = ann.play().await;
    let seen = watching.await.expect("no hand is shown");
    let winner = over.winner.expect("a winner");
    assert_eq!((seen.winner, seen.seats[winner].wins), (Some(winner), 1));
    assert_eq!(over.choice.hand.len(), over.seats[0].cards);
    let again = ann.sees(|view| view.phase == Phase::Playing && view.moves == over.moves).await;
    assert_eq!(again.seats.len(), 4);
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_move_in_time_is_moved_for_and_counts_as_away_after_two_turns() {
    let app = TestApp::start(app()).await;
    let (mut ann, mut ben) = two(&app, &Network::new()).await;
    let first = ann.sees(|view| view.turn.is_some()).await.turn;
    assert_eq!(first, Some(0));
    assert_eq!(code(&ben.table.draw().await), "not_your_turn");
    let begun = Instant::now();
    let late = ann.sees(|view| view.deed.is_some()).await;
    assert_eq!(begun.elapsed().as_secs(), TURN.as_secs());
    assert!(late.deed.expect("a move").is_late);
    ben.sees(|view| view.seats[0].is_away && view.seats[1].is_away).await;
    let over = ann.sees(|view| view.phase == Phase::Over).await;
    assert!(over.winner.is_some(), "a game that nobody attends to ends as well");
    // Ann is awake again with her first own move.
    let asleep = ann.sees(|view| view.turn == Some(0) && view.choice.can_draw).await;
    assert!(asleep.seats[0].is_away);
    ann.table.draw().await.expect("a card");
    assert!(!ann.sees(|view| view.moves > asleep.moves).await.seats[0].is_away);
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_bot_stands_in_for_a_player_who_leaves_and_gives_the_seat_to_who_comes() {
    let app = TestApp::start(app()).await;
    let (mut ann, ben) = two(&app, &Network::new()).await;
    ben.table.quit().await.expect("goodbye");
    let left = ann.sees(|view| view.seats[1].is_bot).await;
    assert_eq!((left.seats[1].name.as_str(), left.phase), ("Ben", Phase::Playing));
    // Cid takes the seat over, and the cards with it.
    let mut cid = Player::new(&app, "Cid").await;
    let visit = Visit { table: left.table, watches: false };
    cid.lobby.join(&visit).await.expect("a seat");
    let came = cid.sees(|view| view.you == Some(1)).await;
    assert!(!came.choice.hand.is_empty());
    assert_eq!((came.seats[1].name.as_str(), came.seats[1].is_bot), ("Cid", false));
    cid.client.close().await;
    // Ann plays on alone against the bot, and waits for others afterwards.
    let over = ann.play().await;
    assert!(over.winner.is_some());
    let waiting = ann.sees(|view| view.phase == Phase::Waiting).await;
    assert_eq!((waiting.seats.len(), waiting.seats[0].name.as_str()), (1, "Ann"));
    assert_eq!(code(&ben.table.draw().await), "not_in_room");
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_player_keeps_the_seat_is_seen_to_be_away_and_comes_back_to_the_same_hand() {
    let app = TestApp::start(app()).await;
    let network = Network::new();
    let (mut ann, mut ben) = two(&app, &network).await;
    let hand = ann.sees(|view| view.turn == Some(0)).await.choice.hand;
    network.cut();
    let away = ben.sees(|view| view.seats[0].is_away).await;
    assert_eq!(away.seats[0].cards, hand.len());
    assert!(away.limit.expect("a clock") <= u64::try_from(TURN_AWAY.as_millis()).expect("short"));
    // The client comes back by itself, before the time of the turn is over.
    network.mend();
    ben.sees(|view| !view.seats[0].is_away).await;
    let back = ann.sees(|view| view.limit > Some(10_000) && view.turn == Some(0)).await;
    assert_eq!((back.choice.hand, back.you), (hand, Some(0)));
    let (one, other) = tokio::join!(ann.play(), ben.play());
    assert_eq!(one.winner, other.winner);
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_private_table_opens_to_its_code_and_a_bot_makes_room() {
    let app = TestApp::start(app()).await;
    let (mut ann, mut ben) = (Player::new(&app, "Ann").await, Player::new(&app, "Ben").await);
    assert_eq!(code(&ann.lobby.hello(&Hello { name: "  ".to_owned() }).await), "bad_name");
    ann.lobby.open(&open("", true)).await.expect("a table");
    // Nobody would sit at the table that a quick game opens now.
    assert_eq!(code(&ann.lobby.quick().await), "already_in_room");
    let Tables { shown, .. } = ben.lobby.visit().await.expect("the list");
    assert!(shown.is_empty());
    let view = ann.sees(|view| view.code.is_some()).await;
    for _ in 0..3 {
        ann.table.add_bot().await.expect("a free seat");
    }
    let visit = Visit { table: view.table, watches: true };
    assert_eq!(code(&ben.lobby.join(&visit).await), "private");
    let wrong = Invitation { code: "WRONG".to_owned() };
    assert_eq!(code(&ben.lobby.accept(&wrong).await), "room_closed");
    tokio::time::advance(Duration::from_secs(2)).await;
    let right = Invitation { code: view.code.expect("a code").to_ascii_lowercase() };
    ben.lobby.accept(&right).await.expect("a seat");
    let seated = ben.sees(|view| view.you == Some(3)).await;
    assert_eq!((seated.seats.len(), seated.seats[3].name.as_str()), (4, "Ben"));
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_quick_games_at_once_fill_tables_without_a_fifth() {
    let app = TestApp::start(app()).await;
    let mut coming = JoinSet::new();
    for number in 0..1_000 {
        let app = app.clone();
        coming.spawn(async move { Player::new(&app, &format!("P{number}")).await });
    }
    let players = coming.join_all().await;
    let mut seated = JoinSet::new();
    for player in players {
        seated.spawn(async move {
            player.lobby.quick().await.expect("a seat");
            player
        });
    }
    let mut tables: HashMap<_, Vec<String>> = HashMap::new();
    for mut player in seated.join_all().await {
        let view = player.sees(|view| view.you.is_some()).await;
        let you = view.you.expect("a seat");
        tables.entry(view.table).or_default().push(view.seats[you].name.clone());
        drop(player);
    }
    assert_eq!(tables.len(), 250);
    for names in tables.values_mut() {
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 4);
    }
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn two_who_wait_need_not_press_anything_and_a_table_closes_behind_the_last() {
    let app = TestApp::start(app()).await;
    let (mut ann, ben) = (Player::new(&app, "Ann").await, Player::new(&app, "Ben").await);
    ann.lobby.quick().await.expect("a seat");
    ben.lobby.quick().await.expect("a seat");
    let begun = Instant::now();
    ann.sees(|view| view.phase == Phase::Playing).await;
    assert_eq!(begun.elapsed().as_secs(), BREAK.as_secs());
    let mut rooms = app.server().rooms::<Table>().expect("a type of rooms").watch();
    ann.client.close().await;
    ben.client.close().await;
    while rooms.changed().await.expect("a running app").gone.is_empty() {}
    app.shutdown().await;
}

//! Lobbies and matchmaking.

use std::collections::HashMap;
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, ErrorKind, Result, RoomId, RoomType, Session, component};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Scene, TableInfo, named};
use crate::promises::support::in_time;

#[tokio::test(start_paused = true)]
async fn matchmaking_finds_the_oldest_room_that_fits_and_keeps_a_seat() {
    let scene = Scene::start(RoomType::new().max_members(2)).await;
    let tables = &scene.tables;
    let find = |stake| {
        let make = || scene.table().info(TableInfo { stake });
        tables.find_or_open(|table| table.info.stake == stake, make).expect("a seat")
    };
    let one = find(5);
    let other = find(9);
    assert_ne!(one.id(), other.id());
    let second = find(5);
    assert_eq!(second.id(), one.id());
    assert!(one.info().expect("it is open").is_full(), "both seats are reserved");
    let third = find(5);
    assert_ne!(third.id(), one.id());

    // A seat that is given back is found again.
    let (one_id, third_id) = (one.id(), third.id());
    drop((second, third));
    assert_eq!(find(5).id(), one_id);

    // Nobody else has the seat while it is reserved; its session has it.
    let again = find(5);
    let (_ann, ann, _) = scene.client().await;
    let (_ben, ben, _) = scene.client().await;
    assert_eq!(super::code(ann.enter(&named(&one, "ann")).await), "room_full");
    drop(one);
    ann.enter(&named(&again, "ann")).await.expect("a seat");
    let session = again.members().members()[0].clone();
    assert!(session.leave::<super::Table>());
    scene.log.reached("a member leaves: Left, 0 remain").await;
    session.enter_with(again, "ann".to_owned()).await.expect("its seat");
    let ben_seat = find(5);
    assert_eq!(ben_seat.id(), one_id);
    drop(ben_seat);

    // Locked and private rooms are not found, but entered by whoever knows them, if they are not locked.
    let table = tables.get(one_id).expect("it is open");
    table.set_private(true);
    assert_eq!(find(5).id(), third_id);
    ben.enter(&named(&table, "ben")).await.expect("a private seat");
    table.set_private(false);
    tables.get(third_id).expect("it is open").lock();
    let new = find(5);
    assert!(new.id() != one_id && new.id() != third_id);
    let shown: Vec<RoomId> = tables.list().iter().map(|table| table.id).collect();
    assert_eq!(shown, [one_id, other.id(), new.id()]);
    assert_eq!((tables.all().len(), tables.len()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_lobby_is_told_what_changes_however_slowly_it_asks() {
    let scene = Scene::start(RoomType::new()).await;
    let mut watch = scene.tables.watch();
    let first = watch.changed().await.expect("the app runs");
    assert!(first.shown.is_empty() && first.gone.is_empty());

    // A hundred changes are one.
    let (one, other) = (scene.open(), scene.open());
    for stake in 1..=100 {
        one.set_info(TableInfo { stake });
    }
    let changes = watch.changed().await.expect("the app runs");
    let shown: Vec<_> = changes.shown.iter().map(|table| (table.id, table.info.stake)).collect();
    assert_eq!(shown, [(one.id(), 100), (other.id(), 0)]);

    // Only those that have changed.
    let (_ann, ann, _) = scene.client().await;
    ann.enter(&named(&other, "ann")).await.expect("a seat");
    let changes = watch.changed().await.expect("the app runs");
    let shown: Vec<_> = changes.shown.iter().map(|table| (table.id, table.members)).collect();
    assert_eq!(shown, [(other.id(), 1)]);

    // What a lobby does not show is no change.
    let hidden = scene.tables.open(scene.table().private()).expect("a table");
    hidden.set_info(TableInfo { stake: 7 });
    let nothing = timeout(Duration::from_secs(1), watch.changed()).await;
    assert!(nothing.is_err(), "nothing is shown anew");
    one.lock();
    let changes = watch.changed().await.expect("the app runs");
    assert_eq!((changes.shown.len(), &changes.gone[..]), (0, &[one.id()][..]));
    one.unlock();
    other.close();
    let changes = watch.changed().await.expect("the app runs");
    assert_eq!((changes.shown[0].id, &changes.gone[..]), (one.id(), &[other.id()][..]));
}

#[tokio::test(start_paused = true)]
async fn names_are_unique_among_the_rooms_that_are_open() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.tables.open_named("table-7", scene.table()).await.expect("a table");
    let taken = scene.tables.open_named("table-7", scene.table()).await.expect_err("taken");
    assert_eq!(taken.kind(), ErrorKind::RoomNameTaken);
    assert_eq!(taken.to_string(), "there is a room with the name \"table-7\" already");
    let other = scene.tables.open(scene.table().name("table-8")).expect("another name");
    assert_eq!(scene.tables.named("table-7").expect("it is open").id(), table.id());
    assert_eq!((table.name(), other.name()), (Some("table-7"), Some("table-8")));
    assert_eq!(scene.tables.named("table-9").expect_err("none").kind(), ErrorKind::RoomClosed);
}

/// A table of four without any hook.
#[derive(Default)]
struct Four;

#[component(room)]
impl Four {
    #[handler]
    fn count(&self, ctx: &Context<Self>) -> usize {
        ctx.members().len()
    }
}

struct Lobby;

#[component]
impl Lobby {
    #[handler]
    async fn play(&self, session: &Session, ctx: &Context<Self>) -> Result<RoomId> {
        let seat = ctx.find_or_open(|table| table.members < 4, Four::default)?;
        let id = seat.id();
        // Others ask between the find and the entry.
        tokio::task::yield_now().await;
        session.enter(seat).await?;
        Ok(id)
    }
}

/// A thousand sessions ask at once, on several threads: no table has a fifth, and there is none too many.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_sessions_fill_tables_of_four() {
    let app = App::new().component(Lobby).rooms(RoomType::<Four>::new().max_members(4));
    let app = TestApp::start(app).await;
    let mut clients = Vec::new();
    for _ in 0..1000 {
        clients.push(app.connect().await);
    }
    let mut asking = JoinSet::new();
    for client in &clients {
        let client = client.clone();
        asking.spawn(async move {
            let table = LobbyClient::new(&client).play().await.expect("a seat");
            (table, FourClient::new(&client).count().await.expect("it is in"))
        });
    }
    let mut tables: HashMap<RoomId, usize> = HashMap::new();
    let all = in_time("a seat for everybody", asking.join_all()).await;
    for (table, members) in all {
        assert!((1..=4).contains(&members), "{members} at a table");
        *tables.entry(table).or_default() += 1;
    }
    assert_eq!(tables.len(), 250);
    assert!(tables.values().all(|members| *members == 4), "{tables:?}");
    let rooms = app.server().rooms::<Four>().expect("they are registered");
    assert_eq!(rooms.len(), 250, "no table is left over");
    assert!(rooms.all().iter().all(|table| table.members == 4 && table.is_full()));
}

//! The end of rooms.

use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, ErrorKind, Result, RoomId, RoomType, Session, component};
use tokio::time::{Instant, sleep};

use super::{Scene, code, named};
use crate::promises::support::{Log, in_time};

#[tokio::test(start_paused = true)]
async fn a_room_ends_step_by_step() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.tables.open_named("first", scene.table()).await.expect("a table");
    let (_ann, ann_hall, ann) = scene.client().await;
    let (_ben, ben_hall, ben) = scene.client().await;
    ann_hall.enter(&named(&table, "ann")).await.expect("a seat");
    ben_hall.spectate(&named(&table, "ben")).await.expect("a place");
    sleep(Duration::from_millis(1500)).await;
    ann.end().await.expect("it ends");

    // At once, nobody is in it, and nobody can enter.
    assert_eq!(code(ann.say(&"a".to_owned()).await), "room_closed");
    assert_eq!(code(ben.say(&"b".to_owned()).await), "room_closed");
    assert_eq!(code(ann_hall.enter(&named(&table, "ann")).await), "room_closed");
    assert_eq!(scene.tables.named("first").expect_err("gone").kind(), ErrorKind::RoomClosed);
    while !scene.tables.is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    sleep(Duration::from_secs(3)).await;
    assert_eq!(
        scene.log.entries(),
        [
            "ann enters as member, 0 before",
            "ben enters as spectator, 1 before",
            "tick",
            "a member leaves: RoomClosed, 0 remain",
            "a spectator leaves: RoomClosed, 0 remain",
            "closes after 10 (Some(RoomNameTaken))",
        ]
    );
    // Nothing of it is left, and the name is free.
    assert_eq!(table.call(|_| ()).await.expect_err("it has ended").kind(), ErrorKind::RoomClosed);
    assert!(table.is_closed() && table.info().is_none());
    assert_eq!(code(ann.say(&"a".to_owned()).await), "room_closed");
    let again = scene.tables.open_named("first", scene.table()).await.expect("the name is free");
    ann_hall.enter(&named(&again, "ann")).await.expect("another room");
}

#[tokio::test(start_paused = true)]
async fn a_room_without_members_closes_after_its_time() {
    let time = Duration::from_secs(30);
    let scene = Scene::start(RoomType::new().close_when_empty(time)).await;
    let (started, table) = (Instant::now(), scene.open());
    while !scene.tables.is_empty() {
        sleep(Duration::from_millis(100)).await;
    }
    let lived = started.elapsed();
    assert!(lived >= time && lived < time + Duration::from_secs(1), "nobody came: {lived:?}");
    assert!(table.is_closed());

    // A member keeps it open, and so does one that comes back in time; a spectator does not.
    let table = scene.open();
    let (_ann, ann, _) = scene.client().await;
    let (_ben, ben, _) = scene.client().await;
    ben.spectate(&named(&table, "ben")).await.expect("a place");
    ann.enter(&named(&table, "ann")).await.expect("a seat");
    sleep(time * 3).await;
    for _ in 0..5 {
        assert!(ann.leave().await.expect("an answer"), "it was open while it had a member");
        sleep(time - Duration::from_secs(1)).await;
        ann.enter(&named(&table, "ann")).await.expect("a seat");
    }
    ann.leave().await.expect("an answer");
    sleep(time + Duration::from_secs(1)).await;
    assert!(table.is_closed());
    scene.log.reached("a spectator leaves: RoomClosed, 0 remain").await;
}

/// What runs when a room closes is waited for, and a panic costs one hook only.
#[tokio::test(start_paused = true)]
async fn the_last_calls_of_a_room_are_waited_for() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.open();
    let (_ann, ann_hall, ann) = scene.client().await;
    let (_ben, ben_hall, _) = scene.client().await;
    ann_hall.enter(&named(&table, "ann")).await.expect("a seat");
    let slowly = tokio::spawn(async move { ann.slowly().await });
    scene.log.reached("slowly").await;
    let entering = tokio::spawn({
        let who = named(&table, "ben");
        async move { ben_hall.enter(&who).await }
    });
    table.call(|table| table.said = 13).await.expect("it is open");
    assert!(scene.tables.close(table.id()) && !scene.tables.close(table.id()));
    slowly.await.expect("no panic").expect("the handler answers");
    assert_eq!(code(entering.await.expect("no panic")), "room_closed");
    scene.log.reached("closes after 13 (None)").await;
}

/// A room that is saved when it closes.
struct Saved {
    log: Log,
    turns: u32,
}

/// Lets a message through after two seconds.
async fn slow(_: &Session) -> Result<()> {
    sleep(Duration::from_secs(2)).await;
    Ok(())
}

#[component(room)]
impl Saved {
    #[handler(before = slow)]
    fn play(&mut self) -> u32 {
        self.turns += 1;
        self.turns
    }

    #[on(close)]
    async fn save(&mut self) {
        self.log.add("saves");
        sleep(Duration::from_secs(4)).await;
        self.log.add(format!("saved {} turns", self.turns));
    }
}

struct Door;

#[component]
impl Door {
    #[handler]
    async fn enter(&self, session: &Session, id: RoomId, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.rooms::<Saved>()?.get(id)?).await
    }
}

/// Whoever waits for a room while its last hooks run is refused: nothing changes what they have saved.
#[tokio::test(start_paused = true)]
async fn nobody_is_let_into_a_room_behind_its_close_hook() {
    let log = Log::default();
    let app = TestApp::start(App::new().component(Door).rooms(RoomType::<Saved>::new())).await;
    let rooms = app.server().rooms::<Saved>().expect("they are registered");
    let room = rooms.open(Saved { log: log.clone(), turns: 0 }).expect("a room");
    let client = app.connect().await;
    DoorClient::new(&client).enter(&room.id()).await.expect("a seat");
    let play = || {
        tokio::spawn({
            let client = client.clone();
            async move { SavedClient::new(&client).play().await }
        })
    };
    assert_eq!(play().await.expect("no panic").expect("it is open"), 1);
    let late = play();
    // The guard has the message by the time of the close.
    sleep(Duration::from_secs(1)).await;
    room.close();
    log.reached("saves").await;
    let call = room.call(|room| room.turns += 1).await;
    assert_eq!(call.expect_err("it comes too late").kind(), ErrorKind::RoomClosed);
    assert_eq!(code(late.await.expect("no panic")), "room_closed");
    log.reached("saved 1 turns").await;
    room.call(|room| room.turns).await.expect_err("it has ended");
}

/// The end of the app closes rooms after its sessions have ended, and before components shut down.
#[tokio::test(start_paused = true)]
async fn rooms_close_with_their_app() {
    let scene = Scene::start(RoomType::new()).await;
    let open =
        async |name: &str| scene.tables.open_named(name, scene.table()).await.expect("a table");
    let (table, _empty) = (open("first").await, open("second").await);
    let mut watch = scene.tables.watch();
    assert_eq!(watch.changed().await.expect("two tables").shown.len(), 2);
    let (_ann, ann, _) = scene.client().await;
    ann.enter(&named(&table, "ann")).await.expect("a seat");
    scene.app.shutdown().await;
    assert_eq!(
        scene.entries(),
        [
            "ann enters as member, 0 before",
            "a member leaves: Disconnected, 0 remain",
            "the session is gone",
            "closes after 0 (Some(Shutdown))",
            "closes after 0 (Some(Shutdown))",
            "the hall shuts",
        ]
    );
    let refused = scene.tables.open(scene.table()).expect_err("the app has ended");
    assert_eq!(refused.kind(), ErrorKind::Shutdown);
    in_time("the end of the watch", async { while watch.changed().await.is_some() {} }).await;
}

/// A room whose close hook never ends.
struct Stuck(Log);

#[component(room)]
impl Stuck {
    #[on(close)]
    async fn closed(&self) {
        self.0.add("stuck");
        std::future::pending::<()>().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stuck_room_does_not_keep_its_app() {
    let log = Log::default();
    let app = App::new()
        .rooms(RoomType::<Stuck>::new())
        .handler_timeout(Duration::from_secs(3600))
        .shutdown_grace(Duration::from_secs(5));
    let app = TestApp::start(app).await;
    let rooms = app.server().rooms::<Stuck>().expect("they are registered");
    rooms.open(Stuck(log.clone())).expect("a room");
    let started = Instant::now();
    app.shutdown().await;
    assert_eq!(log.entries(), ["stuck"]);
    assert!(started.elapsed() < Duration::from_secs(11), "{:?}", started.elapsed());
}

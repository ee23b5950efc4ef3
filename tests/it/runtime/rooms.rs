//! Rooms: the way in and out, their messages, and their end.

mod end;
mod filters;
mod finding;
mod limits;

use std::time::Duration;

use nano::client::Client;
use nano::testing::TestApp;
use nano::{
    App, Context, Error, Handle, Json, LeaveReason, NewRoom, Result, RoomId, RoomType, Rooms,
    Session, component, push,
};

use crate::promises::support::Log;

/// A table, whose hooks write to a log.
struct Table {
    log: Log,
    said: u32,
}

#[derive(Default)]
struct TableInfo {
    stake: u32,
}

#[push]
trait TablePush {
    #[push(name = "onSay")]
    fn say(text: String);
}

#[component(room(info = TableInfo))]
impl Table {
    #[on(enter)]
    async fn entered(
        &mut self,
        session: &Session,
        name: String,
        ctx: &Context<Self>,
    ) -> Result<()> {
        let role = if ctx.is_spectator(session) { "spectator" } else { "member" };
        self.log.add(format!("{name} enters as {role}, {} before", ctx.members().len()));
        match name.as_str() {
            "nobody" => Err(Error::reject("no_name", "give a name")),
            "slow" => {
                self.log.add("slow waits");
                tokio::time::sleep(Duration::from_secs(5)).await;
                Ok(())
            }
            "stuck" => std::future::pending().await,
            "broken" => panic!("a hook panics"),
            _ => Ok(()),
        }
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason, ctx: &Context<Self>) {
        let role = if ctx.is_spectator(session) { "spectator" } else { "member" };
        self.log.add(format!("a {role} leaves: {reason:?}, {} remain", ctx.members().len()));
        if self.said == 13 {
            panic!("a hook panics");
        }
    }

    #[on(close)]
    async fn closed(&mut self, ctx: &Context<Self>) -> Result<()> {
        tokio::task::yield_now().await;
        let mut taken = None;
        if let Some(name) = ctx.name() {
            let again = Table { log: self.log.clone(), said: 0 };
            taken = Some(ctx.open_named(name, again).await.expect_err("it is taken").kind());
        }
        self.log.add(format!("closes after {} ({taken:?})", self.said));
        Err(Error::internal("the result cannot be saved"))
    }

    #[every("1s")]
    fn tick(&mut self) {
        self.log.add("tick");
    }

    #[handler]
    async fn say(&mut self, text: String, ctx: &Context<Self>) -> Result<u32> {
        self.said += 1;
        TablePush::to(&ctx.audience()).say(&text)?;
        Ok(self.said)
    }

    #[handler]
    async fn quit(&mut self, session: &Session) -> bool {
        let has_left = session.leave::<Self>() && !session.leave::<Self>();
        // The hook has not run: it waits for the end of this handler.
        tokio::task::yield_now().await;
        self.log.add("quits");
        has_left
    }

    #[handler]
    fn end(&mut self, ctx: &Context<Self>) -> Result<()> {
        TablePush::to(ctx.members()).say(&"over".to_owned())?;
        self.said += 10;
        ctx.close();
        ctx.close();
        Ok(())
    }

    #[handler]
    async fn slowly(&self) {
        self.log.add("slowly");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

struct Hall {
    log: Log,
}

#[component]
impl Hall {
    #[handler]
    async fn enter(
        &self,
        session: &Session,
        (table, name): (RoomId, String),
        ctx: &Context<Self>,
    ) -> Result<usize> {
        let table = ctx.rooms::<Table>()?.get(table)?;
        session.enter_with(&table, name).await?;
        Ok(table.members().len())
    }

    #[handler]
    async fn spectate(
        &self,
        session: &Session,
        (table, name): (RoomId, String),
        ctx: &Context<Self>,
    ) -> Result<usize> {
        let table = ctx.rooms::<Table>()?.get(table)?;
        session.spectate_with(&table, name).await?;
        Ok(table.members().len())
    }

    #[handler]
    fn leave(&self, session: &Session) -> bool {
        session.leave::<Table>()
    }

    #[handler]
    fn r#where(&self, session: &Session) -> Option<RoomId> {
        session.room::<Table>().map(|table| table.id())
    }

    #[on(session_closed)]
    fn gone(&self) {
        self.log.add("the session is gone");
    }

    #[on(shutdown)]
    fn shut(&self) {
        self.log.add("the hall shuts");
    }
}

/// An app with tables.
struct Scene {
    app: TestApp,
    log: Log,
    tables: Rooms<Table>,
}

impl Scene {
    async fn start(tables: RoomType<Table>) -> Self {
        let log = Log::default();
        let app = App::new().component(Hall { log: log.clone() }).rooms(tables);
        let app = TestApp::start(app.handler_timeout(Duration::from_secs(8))).await;
        let tables = app.server().rooms().expect("they are registered");
        Self { app, log, tables }
    }

    fn table(&self) -> NewRoom<Table> {
        NewRoom::new(Table { log: self.log.clone(), said: 0 })
    }

    fn open(&self) -> Handle<Table> {
        self.tables.open(self.table()).expect("a table")
    }

    async fn client(&self) -> (Client<Json>, HallClient<Client<Json>>, TableClient<Client<Json>>) {
        let client = self.app.connect().await;
        let (hall, table) = (HallClient::new(&client), TableClient::new(&client));
        (client, hall, table)
    }

    /// The log without the ticks of the tables.
    fn entries(&self) -> Vec<String> {
        let entries = self.log.entries();
        entries.into_iter().filter(|entry| entry != "tick").collect()
    }
}

fn named(table: &Handle<Table>, name: &str) -> (RoomId, String) {
    (table.id(), name.to_owned())
}

/// The code of the error that a client was answered with.
fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.expect_err("it is refused").code().expect("a code").to_owned()
}

#[tokio::test(start_paused = true)]
async fn messages_go_to_the_room_that_the_session_is_in() {
    let scene = Scene::start(RoomType::new()).await;
    let (one, other) = (scene.open(), scene.open());
    let (_ann, ann_hall, ann) = scene.client().await;
    let (_ben, ben_hall, ben) = scene.client().await;
    assert_eq!(code(ann.say(&"hi".to_owned()).await), "not_in_room");
    assert_eq!(ann_hall.r#where().await.expect("an answer"), None);

    assert_eq!(ann_hall.enter(&named(&one, "ann")).await.expect("a seat"), 1);
    assert_eq!(ben_hall.enter(&named(&other, "ben")).await.expect("a seat"), 1);
    assert_eq!(code(ann_hall.enter(&named(&other, "ann")).await), "already_in_room");
    assert_eq!(ann_hall.r#where().await.expect("an answer"), Some(one.id()));
    assert_eq!(ann.say(&"a".to_owned()).await.expect("said"), 1);
    assert_eq!(ben.say(&"b".to_owned()).await.expect("said"), 1);
    assert_eq!(ann.say(&"c".to_owned()).await.expect("said"), 2);

    // From one table to the other.
    assert!(ann_hall.leave().await.expect("an answer"));
    assert_eq!(code(ann.say(&"d".to_owned()).await), "not_in_room");
    assert_eq!(ann_hall.enter(&named(&other, "ann")).await.expect("a seat"), 2);
    assert_eq!(ann.say(&"e".to_owned()).await.expect("said"), 2);
    assert_eq!(one.call(|table| table.said).await.expect("it is open"), 2);
    assert!(!one.members().contains(&other.members().members()[1]));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_let_in_takes_no_seat() {
    let scene = Scene::start(RoomType::new().max_members(1)).await;
    let table = scene.open();
    let (_client, hall, _) = scene.client().await;
    assert_eq!(code(hall.enter(&named(&table, "nobody")).await), "no_name");
    assert_eq!(code(hall.enter(&named(&table, "broken")).await), "internal");
    assert_eq!(code(hall.enter(&named(&table, "stuck")).await), "timeout");
    // The handler's time is up just before the hook's, which runs to its own end.
    while table.info().expect("it is open").members > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(hall.enter(&named(&table, "ann")).await.expect("a seat"), 1);
    assert!(scene.entries().iter().all(|entry| !entry.contains("leaves")), "nobody was in");
}

#[tokio::test(start_paused = true)]
async fn leaving_runs_its_hook_once_for_every_reason() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.open();
    let (_ann, hall, ann) = scene.client().await;
    // A handler of the table itself lets the session go, which may enter again at once.
    hall.enter(&named(&table, "ann")).await.expect("a seat");
    assert!(ann.quit().await.expect("an answer"));
    hall.enter(&named(&table, "ann again")).await.expect("a seat");

    let (ben, ben_hall, _) = scene.client().await;
    ben_hall.enter(&named(&table, "ben")).await.expect("a seat");
    ben.close().await;
    scene.log.reached("the session is gone").await;

    let (cid, cid_hall, _) = scene.client().await;
    cid_hall.enter(&named(&table, "cid")).await.expect("a seat");
    table.members().members()[1].kick("bye");
    cid.closed().await;
    scene.log.reached_times("the session is gone", 2).await;

    let session = table.members().members()[0].clone();
    assert!(table.expel(&session) && !table.expel(&session));
    assert!(!hall.leave().await.expect("its session is open"));
    scene.log.reached_times("a member leaves: Kicked, 0 remain", 1).await;
    assert_eq!(
        scene.entries(),
        [
            "ann enters as member, 0 before",
            "quits",
            "a member leaves: Left, 0 remain",
            "ann again enters as member, 0 before",
            "ben enters as member, 1 before",
            "a member leaves: Disconnected, 1 remain",
            "the session is gone",
            "cid enters as member, 1 before",
            "a member leaves: Kicked, 1 remain",
            "the session is gone",
            "a member leaves: Kicked, 0 remain",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn spectators_have_no_seat_and_hear_what_is_said() {
    let scene = Scene::start(RoomType::new().max_members(1).max_spectators(1)).await;
    let table = scene.open();
    let (_ann, ann_hall, ann) = scene.client().await;
    let (ben, ben_hall, ben_table) = scene.client().await;
    let (_cid, cid_hall, _) = scene.client().await;
    ann_hall.enter(&named(&table, "ann")).await.expect("a seat");
    table.lock();
    assert_eq!(code(cid_hall.enter(&named(&table, "cid")).await), "room_locked");
    assert_eq!(ben_hall.spectate(&named(&table, "ben")).await.expect("a place"), 1);
    assert_eq!(code(cid_hall.spectate(&named(&table, "cid")).await), "room_full");
    table.unlock();
    assert_eq!(code(cid_hall.enter(&named(&table, "cid")).await), "room_full");
    let info = table.info().expect("it is open");
    assert_eq!((info.members, info.spectators, info.is_full()), (1, 1, true));

    let (heard, mut hears) = tokio::sync::mpsc::unbounded_channel();
    TablePush::on(&ben).say(move |text| heard.send(text).expect("the test listens"));
    ann.say(&"hi".to_owned()).await.expect("said");
    assert_eq!(hears.recv().await.as_deref(), Some("hi"));
    assert_eq!(ben_table.say(&"psst".to_owned()).await.expect("its messages come, too"), 2);
    assert_eq!(hears.recv().await.as_deref(), Some("psst"));
    assert!(ben_hall.leave().await.expect("an answer"));
    scene.log.reached("a spectator leaves: Left, 1 remain").await;
    assert_eq!(table.spectators().len(), 0);
}

/// The handler that entered is cut off while the room's hook runs.
#[tokio::test(start_paused = true)]
async fn an_entry_that_nobody_waits_for_is_undone() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.open();
    let (_client, hall, _) = scene.client().await;
    hall.enter(&named(&table, "ann")).await.expect("a seat");
    let session = table.members().members()[0].clone();
    session.leave::<Table>();
    scene.log.reached("a member leaves: Left, 0 remain").await;

    let entering = tokio::spawn({
        let (session, table) = (session.clone(), table.clone());
        async move { session.enter_with(&table, "slow".to_owned()).await }
    });
    scene.log.reached("slow waits").await;
    entering.abort();
    assert!(entering.await.expect_err("it is dropped").is_cancelled());
    assert_eq!(table.info().expect("it is open").members, 1, "the hook still runs");
    scene.log.reached_times("a member leaves: Left, 0 remain", 2).await;
    let other = session.enter_with(&table, "ann".to_owned());
    other.await.expect("neither seat nor session is lost");
    assert_eq!(table.info().expect("it is open").members, 1);
}

/// The client goes away while the room's hook runs.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_on_its_way_in_leaves_again() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.open();
    let (client, hall, _) = scene.client().await;
    let entering = tokio::spawn({
        let who = named(&table, "slow");
        async move { hall.enter(&who).await }
    });
    scene.log.reached("slow waits").await;
    client.close().await;
    entering.await.expect("no panic").expect_err("the client is gone");
    scene.log.reached("the session is gone").await;
    assert_eq!(
        scene.entries(),
        [
            "slow enters as member, 0 before",
            "slow waits",
            "a member leaves: Disconnected, 0 remain",
            "the session is gone",
        ]
    );
    assert_eq!(table.info().expect("it is open").members, 0);
}

//! Named rooms on several nodes.

mod races;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::cable::{Cable, join};
use super::code;
use super::shared::Shared;
use crate::cluster::claims::ClaimKind;
use crate::dispatch::tests::Log;
use crate::testing::TestApp;
use crate::{
    App, Context, Error, ErrorKind, Handle, LeaveReason, Result, RoomType, Session, component,
};

/// A room that notes who comes and goes.
struct Zone {
    seen: Log,
}

#[component(crate = crate, room)]
impl Zone {
    #[on(enter)]
    fn entered(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        if session.data().get::<bool>("banned")?.is_some() {
            return Err(Error::reject("banned", "go away"));
        }
        self.seen.note(format!("in {}", ctx.name().unwrap_or_default()));
        Ok(())
    }

    #[on(leave)]
    fn left(&mut self, reason: LeaveReason, ctx: &Context<Self>) {
        self.seen.note(format!("out of {}: {reason:?}", ctx.name().unwrap_or_default()));
    }

    #[handler]
    fn place(&self, ctx: &Context<Self>) -> Option<String> {
        ctx.name().map(str::to_owned)
    }

    #[handler]
    fn shout(&self, text: String, ctx: &Context<Self>) -> Result<()> {
        ctx.members().broadcast("onShout", &text)
    }

    #[handler(internal)]
    fn count(&self, ctx: &Context<Self>) -> usize {
        ctx.members().len()
    }

    #[handler]
    fn quit(&self, session: &Session) -> bool {
        session.leave::<Self>()
    }
}

/// The way into zones.
struct Travel;

#[component(crate = crate)]
impl Travel {
    #[handler]
    async fn go(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Zone>(&zone).await?).await
    }

    #[handler]
    async fn change(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.leave::<Zone>();
        session.enter(&ctx.find::<Zone>(&zone).await?).await
    }

    #[handler]
    async fn count(&self, zone: String, ctx: &Context<Self>) -> Result<usize> {
        let zone = ctx.find::<Zone>(&zone).await?;
        ZoneClient::new(&ctx.node().room(&zone)).count().await
    }

    #[handler]
    async fn quit(&self, zone: String, ctx: &Context<Self>) -> Result<bool> {
        let zone = ctx.find::<Zone>(&zone).await?;
        ZoneClient::new(&ctx.node().room(&zone)).quit().await
    }

    #[handler]
    fn ban(&self, session: &Session) -> Result<()> {
        session.data().set("banned", &true)
    }
}

/// A component that sends sessions into zones of other nodes, and does not wait long for some.
#[derive(Clone, Default)]
struct Guide {
    begun: Arc<Notify>,
    goes: Arc<Notify>,
}

impl Guide {
    const PATIENCE: Duration = Duration::from_millis(100);
}

#[component(crate = crate)]
impl Guide {
    #[handler]
    async fn lead(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Zone>(&zone).await?).await
    }

    #[handler]
    async fn hurry(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<bool> {
        let zone = ctx.find::<Zone>(&zone).await?;
        self.begun.notify_one();
        self.goes.notified().await;
        Ok(timeout(Self::PATIENCE, session.enter(&zone)).await.is_ok())
    }
}

/// A component that opens a zone before its node has joined.
struct Founder {
    seen: Log,
}

#[component(crate = crate)]
impl Founder {
    #[on(init)]
    async fn init(&self, ctx: &Context<Self>) -> Result<()> {
        let forest = ctx.open_named("forest", Zone { seen: self.seen.clone() }).await?;
        assert_eq!(ctx.find::<Zone>("forest").await?.id(), forest.id());
        let again = ctx.open_named("forest", Zone { seen: self.seen.clone() }).await;
        assert_eq!(again.expect_err("it has the name").kind(), ErrorKind::RoomNameTaken);
        Ok(())
    }
}

fn zones() -> RoomType<Zone> {
    RoomType::<Zone>::new().max_members(2)
}

/// A plain gate 1; a gate 2 with zones of its own; a backend 3 with zones, and a backend 4 with zones and the way.
struct World {
    nodes: [TestApp; 4],
    cables: Vec<Cable>,
    shared: Arc<Shared>,
    seen: Log,
    guide: Guide,
}

impl World {
    async fn new() -> Self {
        let (shared, seen) = (Arc::<Shared>::default(), Log::default());
        let guide = Guide::default();
        let start = |number, app: App| TestApp::start(app.cluster(shared.node(number)));
        let nodes = [
            start(1, App::new()).await,
            start(2, App::new().rooms(zones()).component(Travel)).await,
            start(3, App::new().rooms(zones())).await,
            start(4, App::new().rooms(zones()).component(Travel).component(guide.clone())).await,
        ];
        let mut cables = Vec::new();
        for (at, one) in nodes.iter().enumerate() {
            for other in &nodes[at + 1..] {
                cables.push(join(one, other).await);
            }
        }
        Self { nodes, cables, shared, seen, guide }
    }

    async fn open(&self, number: usize, name: &str) -> Result<Handle<Zone>> {
        let zones = self.nodes[number - 1].server().rooms::<Zone>().expect("zones");
        zones.open_named(name, Zone { seen: self.seen.clone() }).await
    }
}

#[tokio::test(start_paused = true)]
async fn fault_18_of_two_rooms_that_claim_one_name_at_once_one_gets_it() {
    let world = World::new().await;
    let (one, other) = tokio::join!(world.open(3, "forest"), world.open(4, "forest"));
    let (winner, loser) = match (one, other) {
        (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
        both => panic!("one of them: {both:?}"),
    };
    assert_eq!(loser.kind(), ErrorKind::RoomNameTaken);
    let count = |at: usize| world.nodes[at].server().rooms::<Zone>().expect("zones").len();
    assert_eq!(count(2) + count(3), 1);
    for number in [2, 3, 4] {
        assert_eq!(
            world.open(number, "forest").await.unwrap_err().kind(),
            ErrorKind::RoomNameTaken
        );
    }
    winner.close();
    while world.shared.holder(ClaimKind::Room, "zone/forest").is_some() {
        tokio::task::yield_now().await;
    }
    world.open(2, "forest").await.expect("the name is free");
    world.shared.drop_node(2);
    world.open(3, "forest").await.expect("the name ended with its node");

    // Names are given by the cluster alone, and not while nobody can tell.
    let zones = world.nodes[2].server().rooms::<Zone>().expect("zones");
    let named = crate::NewRoom::new(Zone { seen: Log::default() }).name("desert");
    assert_eq!(zones.open(named).unwrap_err().kind(), ErrorKind::Config);
    world.shared.set_away(true);
    assert_eq!(world.open(3, "desert").await.unwrap_err().kind(), ErrorKind::Unavailable);
    world.shared.set_away(false);
    world.open(4, "desert").await.expect("nobody has it");
}

#[tokio::test(start_paused = true)]
async fn a_session_enters_a_room_on_another_node_and_its_messages_go_there() {
    let world = World::new().await;
    world.open(3, "forest").await.expect("a zone");
    world.open(4, "desert").await.expect("a zone");
    world.open(2, "inn").await.expect("a zone");
    // At a plain gate, where backend 4 has the way, and at one that has zones and the way itself.
    for gate in [0, 1] {
        let client = world.nodes[gate].connect().await;
        let go = async |zone: &str| client.request::<_, ()>("travel.go", &zone).await;
        let place = async || client.request::<_, Option<String>>("zone.place", &()).await.unwrap();
        assert_eq!(code(&client, "zone.place", json!(null)).await, "not_in_room");
        assert_eq!(code(&client, "travel.go", json!("nowhere")).await, "room_closed");
        for (zone, other) in [("forest", "desert"), ("desert", "inn"), ("inn", "forest")] {
            go(zone).await.expect("it is let in");
            assert_eq!(place().await.as_deref(), Some(zone));
            for zone in [zone, other] {
                let refused = code(&client, "travel.go", json!(zone)).await;
                assert_eq!(refused, "already_in_room");
            }
            assert_eq!(place().await.as_deref(), Some(zone), "it stays");
            assert!(client.request::<_, bool>("zone.quit", &()).await.unwrap());
            assert_eq!(code(&client, "zone.place", json!(null)).await, "not_in_room");
            let notes = [format!("in {zone}"), format!("out of {zone}: Left")];
            assert_eq!(world.seen.take(), notes);
        }
        // From one to the next, left by a handler that is not the room's.
        go("forest").await.expect("it is let in");
        for zone in ["desert", "inn", "forest"] {
            client.request::<_, ()>("travel.change", &zone).await.expect("it is let in");
            assert_eq!(place().await.as_deref(), Some(zone));
        }
        client.close().await;
        let mut notes = Vec::new();
        while notes.last().is_none_or(|note| note != "out of forest: Disconnected") {
            tokio::task::yield_now().await;
            notes.extend(world.seen.take());
        }
        assert_eq!(notes.len(), 8, "in and out of each: {notes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_that_refuses_a_session_or_ends_frees_its_place() {
    let mut world = World::new().await;
    let forest = world.open(3, "forest").await.expect("a zone");
    world.open(4, "desert").await.expect("a zone");
    let clients = [
        world.nodes[0].connect().await,
        world.nodes[0].connect().await,
        world.nodes[1].connect().await,
    ];
    for client in &clients[..2] {
        client.request::<_, ()>("travel.go", &"forest").await.expect("let in");
    }
    assert_eq!(code(&clients[2], "travel.go", json!("forest")).await, "room_full");
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for client in &clients[..2] {
        let hear = hear.clone();
        client.on("onShout", move |text: String| {
            // The test has heard enough.
            let _ = hear.send(text);
        });
    }
    clients[0].request::<_, ()>("zone.shout", &"hey").await.expect("sent");
    for _ in 0..2 {
        assert_eq!(heard.recv().await.as_deref(), Some("hey"));
    }

    // The handlers of a room are called by its reference, here and there.
    for zone in ["forest", "desert"] {
        let count: usize = clients[0].request("travel.count", &zone).await.expect("a count");
        assert_eq!(count, if zone == "forest" { 2 } else { 0 });
    }
    assert_eq!(code(&clients[0], "travel.quit", json!("forest")).await, "no_session");

    // The third was not let in, and enters another; the hook refuses the second.
    clients[2].request::<_, ()>("travel.go", &"desert").await.expect("let in");
    clients[1].request::<_, bool>("zone.quit", &()).await.expect("out");
    clients[1].request::<_, ()>("travel.ban", &()).await.expect("banned");
    assert_eq!(code(&clients[1], "travel.go", json!("forest")).await, "banned");
    assert_eq!(code(&clients[1], "travel.go", json!("desert")).await, "banned");

    forest.close();
    assert_eq!(code(&clients[0], "travel.count", json!("forest")).await, "room_closed");
    while code(&clients[0], "zone.place", json!(null)).await != "room_closed" {}
    clients[0].request::<_, ()>("travel.go", &"desert").await.expect("another one");

    // The node of a room is lost: the link of nodes 1 and 4.
    let cable = world.cables.remove(2);
    let inn = world.open(2, "inn").await.expect("a zone");
    cable.cut().await;
    assert_eq!(code(&clients[0], "zone.place", json!(null)).await, "room_closed");
    world.cables.push(join(&world.nodes[0], &world.nodes[3]).await);
    clients[0].request::<_, ()>("travel.go", &"inn").await.expect("it is in no room any more");
    assert_eq!(inn.members().len(), 1);
}

/// A room that is entered with a value.
#[derive(Default)]
struct Club {
    names: Vec<String>,
}

#[component(crate = crate, room)]
impl Club {
    #[on(enter)]
    fn entered(&mut self, name: String) {
        self.names.push(name);
    }

    #[handler]
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }
}

struct Doorman;

#[component(crate = crate)]
impl Doorman {
    #[handler]
    async fn join(&self, session: &Session, name: String, ctx: &Context<Self>) -> Result<()> {
        session.enter_with(&ctx.find::<Club>("club").await?, name).await
    }
}

#[tokio::test(start_paused = true)]
async fn the_value_of_an_entry_goes_along_where_the_rooms_take_it() {
    for takes in [true, false] {
        let shared = Arc::<Shared>::default();
        let gate = TestApp::start(App::new().component(Doorman).cluster(shared.node(1))).await;
        let mut clubs = RoomType::<Club>::new();
        if takes {
            clubs = clubs.entry_from_nodes();
        }
        let backend = TestApp::start(App::new().rooms(clubs).cluster(shared.node(2))).await;
        let _cable = join(&gate, &backend).await;
        let clubs = backend.server().rooms::<Club>().expect("clubs");
        clubs.open_named("club", Club::default()).await.expect("a club");
        let client = gate.connect().await;
        if takes {
            client.request::<_, ()>("doorman.join", &"ann").await.expect("let in");
            let names: Vec<String> = client.request("club.names", &()).await.expect("in the room");
            assert_eq!(names, ["ann"]);
        } else {
            assert_eq!(code(&client, "doorman.join", json!("ann")).await, "internal");
            assert_eq!(code(&client, "club.names", json!(null)).await, "not_in_room");
        }
    }
}

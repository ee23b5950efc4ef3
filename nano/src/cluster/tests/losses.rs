//! Sessions whose rooms are lost with a node.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use super::cable::{Cable, join};
use super::code;
use super::shared::Shared;
use crate::client::{Client, CloseReason};
use crate::codec::MessageKind;
use crate::dispatch::tests::Log;
use crate::testing::{RawClient, TestApp};
use crate::{
    App, Cluster, Context, Json, LostRoom, OnLoss, Protobuf, Result, RoomType, Session, component,
};

struct Zone;

#[component(crate = crate, room)]
impl Zone {
    #[handler]
    fn place(&self, ctx: &Context<Self>) -> Option<String> {
        ctx.name().map(str::to_owned)
    }

    #[handler]
    fn quit(&self, session: &Session) -> bool {
        session.leave::<Self>()
    }
}

/// The component of a gate, which notes the losses and brings those who ask for it to another room.
#[derive(Default)]
struct Guide {
    seen: Log,
}

#[component(crate = crate)]
impl Guide {
    #[handler]
    async fn go(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Zone>(&zone).await?).await
    }

    #[handler]
    fn insist(&self, session: &Session, zone: String) -> Result<()> {
        session.data().set("next", &zone)
    }

    #[on(room_lost)]
    async fn lost(&self, session: &Session, room: LostRoom, ctx: &Context<Self>) -> Result<()> {
        assert!(room.is_of::<Zone>() && room.component() == "zone");
        if let Some(next) = session.data().get::<String>("next")? {
            session.enter(&ctx.find::<Zone>(&next).await?).await?;
        }
        // Whoever waits for the end of the session waits for this.
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.seen.note(format!("lost with {}", room.node()));
        Ok(())
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.seen.note(format!("closed: {}", session.close_reason().expect("a reason")));
    }
}

/// A gate 1 without rooms, and the backends 2 and 3 with the rooms "forest" and "desert".
struct World {
    gate: TestApp,
    backends: [TestApp; 2],
    cables: Vec<Cable>,
    seen: Log,
}

impl World {
    async fn new(settings: impl FnOnce(Cluster) -> Cluster) -> Self {
        let (shared, seen) = (Arc::<Shared>::default(), Log::default());
        let guide = App::new().component(Guide { seen: seen.clone() });
        let gate = TestApp::start(guide.cluster(settings(shared.node(1)))).await;
        let backend =
            |number| App::new().rooms(RoomType::<Zone>::new()).cluster(shared.node(number));
        let backends = [TestApp::start(backend(2)).await, TestApp::start(backend(3)).await];
        let mut cables = Vec::new();
        for (backend, name) in backends.iter().zip(["forest", "desert"]) {
            cables.push(join(&gate, backend).await);
            let zones = backend.server().rooms::<Zone>().expect("zones");
            zones.open_named(name, Zone).await.expect("a zone");
        }
        Self { gate, backends, cables, seen }
    }

    /// Returns a client in a room, and what it is told of losses.
    async fn enter(
        &self,
        zone: &str,
    ) -> (Client<Json>, mpsc::UnboundedReceiver<serde_json::Value>) {
        let client = self.gate.connect().await;
        let (hear, heard) = mpsc::unbounded_channel();
        // The test has heard enough.
        client.on("nano.room_lost", move |told| drop(hear.send(told)));
        client.request::<_, ()>("guide.go", &zone).await.expect("it is let in");
        (client, heard)
    }

    async fn enter_as_stock_client(&self, zone: &str) -> RawClient {
        let mut client = self.gate.raw();
        client.open().await;
        client.request(1, "guide.go", json!(zone).to_string()).await;
        assert_eq!(client.message().await.id, 1);
        client
    }

    /// Breaks the link to backend 2.
    async fn lose(&mut self) {
        self.cables.remove(0).cut().await;
    }

    async fn notes(&self, count: usize) -> Vec<String> {
        let mut notes = self.seen.take();
        while notes.len() < count {
            tokio::time::sleep(Duration::from_millis(100)).await;
            notes.extend(self.seen.take());
        }
        notes
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_told_once_that_its_room_is_lost_with_its_node() {
    let mut world = World::new(|node| node).await;
    let (client, mut told) = world.enter("forest").await;
    let (elsewhere, mut nothing) = world.enter("desert").await;
    let (gone, mut nothing_either) = world.enter("forest").await;
    assert!(gone.request::<_, bool>("zone.quit", &()).await.expect("it leaves"));
    let mut stock = world.enter_as_stock_client("forest").await;

    world.lose().await;
    assert_eq!(told.recv().await, Some(json!({ "room": "zone" })));
    assert_eq!(world.notes(2).await, ["lost with 2", "lost with 2"]);
    // Stock clients are told nothing but the answer to what they ask.
    for id in 2..4 {
        stock.request(id, "zone.place", "null").await;
        let answer = stock.message().await;
        assert_eq!((answer.kind, answer.id), (MessageKind::Response, id));
        assert_eq!(answer.json()["error"]["code"], "room_closed");
    }
    assert_eq!(code(&client, "zone.place", json!(null)).await, "room_closed");
    let place = |client: &Client<Json>| {
        let client = client.clone();
        async move { client.request::<_, Option<String>>("zone.place", &()).await.expect("a place") }
    };
    assert_eq!(place(&elsewhere).await.as_deref(), Some("desert"));

    // The node is back, and the room is not; another one can be entered, and be lost in turn.
    world.cables.insert(0, join(&world.gate, &world.backends[0]).await);
    assert_eq!(code(&client, "zone.place", json!(null)).await, "room_closed");
    client.request::<_, ()>("guide.go", &"forest").await.expect("it is let in");
    assert_eq!(place(&client).await.as_deref(), Some("forest"));
    client.request::<_, ()>("guide.insist", &"desert").await.expect("noted");
    world.lose().await;
    assert_eq!(told.recv().await, Some(json!({ "room": "zone" })));
    assert_eq!(world.notes(1).await, ["lost with 2"]);
    assert_eq!(place(&client).await.as_deref(), Some("desert"), "the hook brought it there");
    assert!(nothing.try_recv().is_err() && nothing_either.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_waits_for_the_hooks_of_its_lost_room() {
    let mut world = World::new(|node| node).await;
    let (client, mut told) = world.enter("forest").await;
    world.lose().await;
    told.recv().await;
    client.close().await;
    assert_eq!(world.notes(2).await, ["lost with 2", "closed: disconnected"]);

    // Nobody is told by a node that ends itself.
    let (_client, mut told) = world.enter("desert").await;
    world.gate.shutdown().await;
    assert_eq!(world.seen.take(), ["closed: shutdown"]);
    assert_eq!(told.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_message_for_a_room_whose_node_takes_none_any_more_goes_to_no_other_node() {
    let mut world = World::new(|node| node).await;
    let (client, mut told) = world.enter("forest").await;
    let node = world.gate.server().core().node.clone().expect("a node");
    let peer = node.gate.peers.get(2).expect("a peer");
    peer.leaves(&peer.link().expect("a link"));
    for _ in 0..2 {
        assert_eq!(code(&client, "zone.place", json!(null)).await, "room_closed");
    }
    assert!(told.try_recv().is_err(), "it is not lost yet");
    world.lose().await;
    assert_eq!(told.recv().await, Some(json!({ "room": "zone" })));
    assert_eq!(world.notes(1).await, ["lost with 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_ends_with_its_node_is_lost_as_well() {
    let world = World::new(|node| node).await;
    let (client, mut told) = world.enter("forest").await;
    world.backends[0].shutdown().await;
    assert_eq!(told.recv().await, Some(json!({ "room": "zone" })));
    assert_eq!(world.notes(1).await, ["lost with 2"]);
    assert_eq!(code(&client, "zone.place", json!(null)).await, "room_closed");
}

#[tokio::test(start_paused = true)]
async fn sessions_that_cannot_go_on_without_their_room_are_closed() {
    let mut world = World::new(|node| node.on_loss("zone", OnLoss::Close)).await;
    let (client, mut told) = world.enter("forest").await;
    let (elsewhere, _) = world.enter("desert").await;
    let mut stock = world.enter_as_stock_client("forest").await;
    world.lose().await;
    assert_eq!(client.closed().await, CloseReason::Kicked { reason: "node_lost".to_owned() });
    assert!(client.reconnect_in().is_some(), "it comes back");
    assert_eq!(told.recv().await, None);
    // A kick would be final for it.
    stock.expect_closed().await;
    assert_eq!(world.notes(2).await, ["closed: node_lost", "closed: node_lost"]);
    assert_eq!(code(&elsewhere, "guide.go", json!("desert")).await, "already_in_room");
}

#[tokio::test(start_paused = true)]
async fn a_client_with_protobuf_is_told_in_protobuf() {
    #[derive(Default)]
    struct Forest;

    #[component(crate = crate, room, name = "forest")]
    impl Forest {}

    #[derive(Default)]
    struct Way;

    #[component(crate = crate)]
    impl Way {
        #[handler]
        async fn enter(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
            session.enter(&ctx.find::<Forest>("one").await?).await
        }
    }

    let shared = Arc::<Shared>::default();
    let app = || App::new().serializer(Protobuf);
    let gate = TestApp::start(app().component(Way).cluster(shared.node(1))).await;
    let forests = app().rooms(RoomType::<Forest>::new());
    let backend = TestApp::start(forests.cluster(shared.node(2))).await;
    let cable = join(&gate, &backend).await;
    let forests = backend.server().rooms::<Forest>().expect("forests");
    forests.open_named("one", Forest).await.expect("a forest");

    let (hear, mut heard) = mpsc::unbounded_channel();
    let client = Client::<Json>::builder().serializer(Protobuf);
    let client = gate
        .connect_with(client.on_bytes("nano.room_lost", move |body| drop(hear.send(body))))
        .await;
    client.request::<_, ()>("way.enter", &()).await.expect("it is let in");
    cable.cut().await;
    assert_eq!(&heard.recv().await.expect("it is told")[..], b"\x0a\x06forest");
}

/// The rooms of a gate, which have fewer handlers than those of the other nodes.
struct Home;

#[component(crate = crate, room, name = "zone")]
impl Home {
    #[handler]
    fn place(&self, ctx: &Context<Self>) -> Option<String> {
        ctx.name().map(str::to_owned)
    }
}

/// The way to all rooms from a node that has some itself.
struct Porter;

#[component(crate = crate)]
impl Porter {
    #[handler]
    async fn go(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Home>(&zone).await?).await
    }

    #[handler]
    fn leave(&self, session: &Session) -> bool {
        session.leave::<Home>()
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_room_is_forgotten_when_a_room_of_the_gate_itself_is_entered() {
    let shared = Arc::<Shared>::default();
    let porter = App::new().component(Porter).rooms(RoomType::<Home>::new());
    let gate = TestApp::start(porter.cluster(shared.node(1))).await;
    let homes = gate.server().rooms::<Home>().expect("homes");
    homes.open_named("home", Home).await.expect("a home");
    let backend = |number| App::new().rooms(RoomType::<Zone>::new()).cluster(shared.node(number));
    let (forests, deserts) = (TestApp::start(backend(2)).await, TestApp::start(backend(3)).await);
    let cable = join(&gate, &forests).await;
    let _cable = join(&gate, &deserts).await;
    for (backend, name) in [(&forests, "forest"), (&deserts, "desert")] {
        let zones = backend.server().rooms::<Zone>().expect("zones");
        zones.open_named(name, Zone).await.expect("a zone");
    }
    let client = gate.connect().await;
    let go = async |zone| client.request::<_, ()>("porter.go", &zone).await.expect("it is let in");
    let place = async || client.request::<_, Option<String>>("zone.place", &()).await;

    go("forest").await;
    assert_eq!(place().await.expect("a place").as_deref(), Some("forest"));
    cable.cut().await;
    for route in ["zone.place", "zone.quit"] {
        assert_eq!(code(&client, route, json!(null)).await, "room_closed", "{route}");
    }
    go("home").await;
    assert_eq!(place().await.expect("a place").as_deref(), Some("home"));
    assert_eq!(code(&client, "zone.quit", json!(null)).await, "not_in_room", "in none elsewhere");
    assert!(client.request::<_, bool>("porter.leave", &()).await.expect("an answer"));
    for route in ["zone.place", "zone.quit"] {
        assert_eq!(code(&client, route, json!(null)).await, "not_in_room", "{route}");
    }

    // The way back, also to the node whose room was lost.
    let _cable = join(&gate, &forests).await;
    for zone in ["desert", "forest"] {
        go(zone).await;
        assert_eq!(place().await.expect("a place").as_deref(), Some(zone));
        assert!(client.request::<_, bool>("zone.quit", &()).await.expect("an answer"));
    }
    go("home").await;
    assert_eq!(place().await.expect("a place").as_deref(), Some("home"));
}

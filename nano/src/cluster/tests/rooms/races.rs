//! Entries and exits that meet on their ways between nodes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{Founder, Guide, Shared, World, Zone, code, zones};
use crate::client::Client;
use crate::cluster::claims::{Claim, ClaimKind, Holder};
use crate::dispatch::tests::Log;
use crate::testing::TestApp;
use crate::{App, ErrorKind, Json};

/// The cables of a [`World`] by the nodes at their ends.
const ONE_AND_THREE: usize = 1;
const ONE_AND_FOUR: usize = 2;
const TWO_AND_THREE: usize = 3;
const THREE_AND_FOUR: usize = 5;

async fn place(client: &Client<Json>) -> Option<String> {
    client.request("zone.place", &()).await.expect("it is in a zone")
}

/// Lets everything arrive that is on its way.
async fn settle() {
    sleep(Duration::from_millis(50)).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_moves_between_rooms_of_one_node_and_its_gate_knows() {
    let world = World::new().await;
    for (number, names) in [(2, ["inn", "hut"]), (3, ["forest", "desert"]), (4, ["cave", "mine"])] {
        for name in names {
            world.open(number, name).await.expect("a zone");
        }
        for gate in [0, 1] {
            let client = world.nodes[gate].connect().await;
            client.request::<_, ()>("travel.go", &names[0]).await.expect("let in");
            for turn in 0..10 {
                let (to, from) = (names[(turn + 1) % 2], names[turn % 2]);
                // Left by a handler of the gate's or of another node, or by the room's own.
                let left = match turn % 4 {
                    0 | 1 => client.request::<_, ()>("travel.change", &to).await,
                    _ => {
                        assert!(client.request::<_, bool>("zone.quit", &()).await.expect("out"));
                        client.request::<_, ()>("travel.go", &to).await
                    }
                };
                left.expect("it is let in");
                assert_eq!(place(&client).await.as_deref(), Some(to));
                settle().await;
                assert_eq!(code(&client, "travel.go", json!(from)).await, "already_in_room");
                assert_eq!(place(&client).await.as_deref(), Some(to));
            }
            client.close().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_the_gate_refuses_takes_the_session_out_of_no_room() {
    let world = World::new().await;
    for name in ["inn", "hut"] {
        world.open(2, name).await.expect("a zone of the gate");
    }
    let client = world.nodes[1].connect().await;
    client.request::<_, ()>("travel.go", &"inn").await.expect("let in");
    for zone in ["hut", "inn"] {
        // Asked for by another node.
        assert_eq!(code(&client, "guide.lead", json!(zone)).await, "already_in_room");
        settle().await;
        assert_eq!(place(&client).await.as_deref(), Some("inn"), "it stays");
    }
    assert_eq!(world.seen.take(), ["in inn"]);
}

/// A client of the first gate that a handler of node 4 is about to send into a zone of node 3.
async fn begin(world: &World) -> (Client<Json>, tokio::task::JoinHandle<bool>) {
    let client = world.nodes[0].connect().await;
    let hurries = client.clone();
    let hurry =
        tokio::spawn(
            async move { hurries.request("guide.hurry", &"forest").await.expect("an answer") },
        );
    world.guide.begun.notified().await;
    (client, hurry)
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_dropped_while_the_gate_is_asked_leaves_nothing() {
    let world = World::new().await;
    let forest = world.open(3, "forest").await.expect("a zone");
    let (client, hurry) = begin(&world).await;
    world.cables[ONE_AND_FOUR].hold();
    world.guide.goes.notify_one();
    settle().await;
    sleep(Guide::PATIENCE).await;
    world.cables[ONE_AND_FOUR].release();
    assert!(!hurry.await.expect("no panic"), "nobody waited for it");
    settle().await;
    assert_eq!(forest.members().len(), 0);
    client.request::<_, ()>("travel.go", &"forest").await.expect("it is in no room");
    assert_eq!(place(&client).await.as_deref(), Some("forest"));
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_given_up_before_it_has_begun_does_not_enter() {
    let world = World::new().await;
    let forest = world.open(3, "forest").await.expect("a zone");
    let (client, hurry) = begin(&world).await;
    // The gate lets it go, and the room's node does not hear of it in time.
    world.cables[THREE_AND_FOUR].hold();
    world.guide.goes.notify_one();
    assert!(!hurry.await.expect("no panic"), "nobody waited for it");
    world.cables[THREE_AND_FOUR].release();
    settle().await;
    assert_eq!((forest.members().len(), world.seen.take()), (0, Vec::new()));
    client.request::<_, ()>("travel.go", &"forest").await.expect("it is in no room");
    assert_eq!(world.seen.take(), ["in forest"]);
}

#[tokio::test(start_paused = true)]
async fn an_exit_that_is_told_late_takes_no_later_entry() {
    let world = World::new().await;
    let forest = world.open(3, "forest").await.expect("a zone");
    world.open(3, "desert").await.expect("a zone");
    let client = world.nodes[1].connect().await;
    client.request::<_, ()>("travel.go", &"forest").await.expect("let in");
    let sessions = world.nodes[2].server().core().node.clone().expect("a node").sessions.list();
    let [session] = &sessions[..] else { panic!("one session: {sessions:?}") };

    // The room puts it out, and its gate lets it leave, and enter another one, before it hears of that.
    world.cables[TWO_AND_THREE].hold();
    assert!(forest.expel(session));
    let (moved, ()) = tokio::join!(client.request::<_, ()>("travel.change", &"desert"), async {
        settle().await;
        world.cables[TWO_AND_THREE].release();
    });
    moved.expect("let in");
    settle().await;
    assert_eq!(code(&client, "travel.go", json!("forest")).await, "already_in_room");
    assert_eq!(place(&client).await.as_deref(), Some("desert"));
    client.request::<_, ()>("travel.change", &"forest").await.expect("the next one");
    assert_eq!(place(&client).await.as_deref(), Some("forest"));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_comes_before_its_exit_from_another_room_is_let_in() {
    let world = World::new().await;
    for name in ["forest", "desert"] {
        world.open(3, name).await.expect("a zone");
    }
    let client = world.nodes[0].connect().await;
    client.request::<_, ()>("travel.go", &"forest").await.expect("let in");
    // Its gate tells of the exit, and the node of the handler sends it.
    world.cables[ONE_AND_THREE].hold();
    client.request::<_, ()>("travel.change", &"desert").await.expect("let in");
    world.cables[ONE_AND_THREE].release();
    settle().await;
    assert_eq!(place(&client).await.as_deref(), Some("desert"));
    let mut notes = world.seen.take();
    notes.sort();
    assert_eq!(notes, ["in desert", "in forest", "out of forest: Left"], "each once");
    assert_eq!(code(&client, "travel.go", json!("forest")).await, "already_in_room");
}

#[tokio::test(start_paused = true)]
async fn rooms_that_a_node_opens_before_it_joins_get_their_names_then() {
    let (shared, seen) = (Arc::<Shared>::default(), Log::default());
    let start = |number| {
        let founder = Founder { seen: seen.clone() };
        let app = App::new().component(founder).rooms(zones()).cluster(shared.node(number));
        TestApp::start(app)
    };
    let first = start(3).await;
    let holder = shared.holder(ClaimKind::Room, "zone/forest").expect("it has joined");
    assert_eq!(holder.node(), 3);
    let second = start(4).await;
    let count = |app: &TestApp| app.server().rooms::<Zone>().expect("zones").len();
    while count(&second) > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(&first), 1, "the one that had the name first");
    assert_eq!(shared.holder(ClaimKind::Room, "zone/forest"), Some(holder));

    // The name is free when the room closes.
    let zones = first.server().rooms::<Zone>().expect("zones");
    zones.named("forest").expect("it is open").close();
    while shared.holder(ClaimKind::Room, "zone/forest").is_some() {
        tokio::task::yield_now().await;
    }

    // A registry that cannot tell at once is asked again.
    shared.set_away(true);
    let (third, ()) = tokio::join!(start(5), async {
        sleep(Duration::from_secs(10)).await;
        shared.set_away(false);
    });
    assert_eq!(count(&third), 1);
    assert_eq!(shared.holder(ClaimKind::Room, "zone/forest").map(Holder::node), Some(5));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_waits_for_its_name_takes_it_from_none_that_has_it() {
    let world = World::new().await;
    let forest = world.open(4, "forest").await.expect("a zone");
    let other = Claim::new(ClaimKind::Room, "zone/other", Holder::new(5, 1));
    world.shared.set_settling(true);
    let waits = world.open(2, "forest");
    tokio::pin!(waits);
    // A master that was restarted asks all nodes what they hold, and one or the other is faster.
    for _ in 0..20 {
        assert!(timeout(Duration::from_millis(100), &mut waits).await.is_err(), "it waits");
        world.shared.forget(&other);
        settle().await;
        let holder = world.shared.holder(ClaimKind::Room, "zone/forest");
        assert_eq!(holder.map(Holder::node), Some(4));
    }
    world.shared.set_settling(false);
    assert_eq!(waits.await.expect_err("taken").kind(), ErrorKind::RoomNameTaken);
    assert!(!forest.is_closed(), "it has kept its name");
}

#[tokio::test(start_paused = true)]
async fn a_room_is_looked_for_until_the_registry_can_tell() {
    let world = World::new().await;
    let client = world.nodes[0].connect().await;
    let _forest = world.open(4, "forest").await.expect("a zone");
    world.shared.set_away(true);
    let back = async {
        sleep(Duration::from_millis(1100)).await;
        world.shared.set_away(false);
    };
    let (went, ()) = tokio::join!(client.request::<_, ()>("travel.go", &"forest"), back);
    went.expect("it is let in");
    assert_eq!(code(&client, "travel.go", json!("nowhere")).await, "room_closed");
}

//! The choice of the node that serves a session.

use std::time::Duration;

use serde_json::json;

use super::cable::{join, node};
use super::code;
use crate::testing::TestApp;
use crate::{App, Result, Session, component};

struct Field(u32);

#[component(crate = crate)]
impl Field {
    #[handler]
    fn place(&self) -> u32 {
        self.0
    }

    #[handler]
    fn travel(&self, session: &Session, realm: u32) -> Result<()> {
        session.data().set("realm", &realm)?;
        session.unroute("field");
        Ok(())
    }
}

struct Home;

#[component(crate = crate)]
impl Home {
    #[handler]
    fn choose(&self, session: &Session, realm: u32) -> Result<()> {
        session.data().set("realm", &realm)
    }

    #[handler]
    fn forget(&self, session: &Session) {
        session.unroute("field");
    }
}

struct Scout;

#[component(crate = crate)]
impl Scout {
    #[handler]
    async fn look(&self, session: &Session) -> Result<u32> {
        FieldClient::new(&session.caller()).place().await
    }
}

#[tokio::test(start_paused = true)]
async fn calls_choose_in_turn_by_key_and_by_session() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let scout = TestApp::start(App::new().component(Scout).cluster(node(2))).await;
    let field = |number| TestApp::start(App::new().component(Field(number)).cluster(node(number)));
    let (third, fourth) = (field(3).await, field(4).await);
    let mut cables = vec![join(&gate, &scout).await, join(&third, &fourth).await];
    for app in [&gate, &scout] {
        cables.extend([join(app, &third).await, join(app, &fourth).await]);
    }
    let any = FieldClient::new(&scout.server().node().any());
    let (first, second) = (any.place().await.unwrap(), any.place().await.unwrap());
    assert!(first != second && any.place().await.unwrap() == first, "in turn");
    for key in 0..20 {
        let mut places = Vec::new();
        for app in [&scout, &third, &fourth] {
            let caller = app.server().node().key(key);
            places.push(FieldClient::new(&caller).place().await.unwrap());
        }
        assert!(places.iter().all(|place| *place == places[0]), "{key}: {places:?}");
    }
    for _ in 0..8 {
        let client = gate.connect().await;
        let place: u32 = client.request("field.place", &()).await.unwrap();
        assert_eq!(client.request::<_, u32>("scout.look", &()).await.unwrap(), place);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_go_to_the_node_with_the_fewest_sessions() {
    let gate = node(1).route("field", |_, _| Some(3));
    let gate = TestApp::start(App::new().component(Home).cluster(gate)).await;
    let field = |number| TestApp::start(App::new().component(Field(number)).cluster(node(number)));
    let (third, fourth) = (field(3).await, field(4).await);
    let _cables =
        [join(&gate, &third).await, join(&gate, &fourth).await, join(&third, &fourth).await];
    let from = |app: &TestApp| FieldClient::new(&app.server().node().least_loaded());
    let least = from(&gate);
    let mut places = Vec::new();
    for _ in 0..4 {
        places.push(least.place().await.unwrap());
    }
    assert_eq!(places, [3, 4, 3, 4], "nobody has any session");

    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(gate.connect().await);
        let place: u32 = clients.last().expect("one").request("field.place", &()).await.unwrap();
        assert_eq!(place, 3);
    }
    // All nodes have told the number of their sessions, and do so again in half a second.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let mut places = Vec::new();
    for _ in 0..5 {
        places.push(least.place().await.unwrap());
    }
    assert_eq!(places, [4, 4, 4, 3, 4], "each call counts as a session");
    assert_eq!(from(&third).place().await.unwrap(), 4, "itself has three");
    assert_eq!(from(&fourth).place().await.unwrap(), 4, "itself has none");
    drop(clients);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(from(&third).place().await.unwrap(), 3, "nobody has any");
}

#[tokio::test(start_paused = true)]
async fn the_application_chooses_the_node_of_a_session_and_it_stays() {
    let cluster = node(1).route("field", |session, nodes| {
        let asked: Option<u32> = session.data().get("realm").ok().flatten();
        // Nobody asks for a node that is not there but the last test below.
        assert!(nodes.iter().all(|node| node.number() > 1 && node.name() == "-"));
        asked
    });
    let gate = TestApp::start(App::new().component(Home).cluster(cluster)).await;
    let field = |number| TestApp::start(App::new().component(Field(number)).cluster(node(number)));
    let (second, third) = (field(2).await, field(3).await);
    let cable = join(&gate, &second).await;
    let _cable = join(&gate, &third).await;
    let client = gate.connect().await;
    let place = || async { client.request::<_, u32>("field.place", &()).await.expect("a place") };
    for realm in [3, 2, 3] {
        client.request::<_, ()>("home.choose", &realm).await.unwrap();
        client.request::<_, ()>("home.forget", &()).await.unwrap();
        assert_eq!(place().await, realm);
    }
    client.request::<_, ()>("home.choose", &2).await.unwrap();
    assert_eq!(place().await, 3, "it stays until it is forgotten");
    client.request::<_, ()>("field.travel", &2).await.unwrap();
    assert_eq!(place().await, 2, "forgotten by a backend");
    // Without a choice, that of the framework; with a bad one, an error.
    client.request::<_, ()>("field.travel", &9).await.unwrap();
    assert_eq!(code(&client, "field.place", json!(null)).await, "unavailable");
    client.request::<_, ()>("home.choose", &2).await.unwrap();
    assert_eq!(place().await, 2);
    cable.cut().await;
    assert_eq!(code(&client, "field.place", json!(null)).await, "unavailable", "asked again");
    client.request::<_, ()>("home.choose", &3).await.unwrap();
    assert_eq!(place().await, 3);
}

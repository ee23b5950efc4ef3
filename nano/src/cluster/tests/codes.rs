//! Codes of other nodes' routes.

use serde_json::{Value, json};

use super::cable::{join, node};
use crate::codec::{MessageHead, MessageKind, Route};
use crate::routes::{Routes, ScannedKind, ScannedRoute};
use crate::testing::{RawClient, TestApp};
use crate::{App, component};

struct Shop;

#[component(crate = crate)]
impl Shop {
    #[handler]
    fn buy(&self) -> String {
        "bought".to_owned()
    }

    #[handler]
    fn sell(&self) -> String {
        "sold".to_owned()
    }

    #[handler]
    fn look(&self) -> String {
        "seen".to_owned()
    }
}

struct Bank;

#[component(crate = crate)]
impl Bank {
    #[handler]
    fn save(&self) -> String {
        "saved".to_owned()
    }
}

struct Door;

#[component(crate = crate)]
impl Door {
    #[handler]
    fn knock(&self) -> String {
        "who is there".to_owned()
    }
}

const fn kept(name: &'static str, item: &'static str, code: u16) -> ScannedRoute {
    ScannedRoute { name, code, kind: ScannedKind::Handler, place: "src/shop.rs", item }
}

const SHOP: &[ScannedRoute] = &[
    kept("shop.buy", "Shop::buy", 40),
    kept("shop.sell", "Shop::sell", 41),
    kept("shop.look", "Shop::look", 1),
];
const OTHER_SHOP: &[ScannedRoute] = &[
    kept("shop.buy", "Shop::buy", 40),
    kept("shop.sell", "Shop::sell", 50),
    kept("shop.look", "Shop::look", 51),
];
const BANK: &[ScannedRoute] = &[kept("bank.save", "Bank::save", 41)];

async fn shop(number: u32, routes: &'static [ScannedRoute]) -> TestApp {
    let app = App::new().component(Shop).routes(Routes::new("7", routes));
    TestApp::start(app.cluster(node(number))).await
}

/// Connects a client that announces nothing, and returns the dictionary that it is given, with its version.
async fn connect(gate: &TestApp) -> (RawClient, Value, String) {
    let mut client = gate.raw();
    let answer = client.open().await;
    let sys = &answer["sys"];
    (client, sys["dict"].clone(), sys["dictVersion"].as_str().expect("a version").to_owned())
}

async fn send(client: &mut RawClient, code: u16) {
    let (kind, route) = (MessageKind::Request, Route::Code(code));
    let head = MessageHead { kind, id: 7, route, compressed: false, error: false };
    client.send_message(head, "null").await;
}

async fn ask(client: &mut RawClient, code: u16) -> Value {
    send(client, code).await;
    client.message().await.json()
}

#[tokio::test(start_paused = true)]
async fn a_stock_client_uses_the_codes_that_a_backend_keeps() {
    let gate = TestApp::start(App::new().component(Door).cluster(node(1))).await;
    let (mut early, dictionary, version) = connect(&gate).await;
    assert_eq!(dictionary, json!({ "door.knock": 1 }));
    let second = shop(2, SHOP).await;
    let _cable = join(&gate, &second).await;
    let (mut client, dictionary, grown) = connect(&gate).await;
    // `shop.look` has the code of a route of the gate, and goes by its name.
    assert_eq!(dictionary, json!({ "door.knock": 1, "shop.buy": 40, "shop.sell": 41 }));
    assert_ne!(grown, version);
    assert_eq!(ask(&mut client, 40).await, "bought");
    assert_eq!(ask(&mut client, 41).await, "sold");
    assert_eq!(ask(&mut client, 1).await, "who is there");
    client.request(9, "shop.look", "null").await;
    assert_eq!(client.message().await.json(), "seen");
    // Who was there before goes on.
    assert_eq!(ask(&mut early, 1).await, "who is there");

    // Whoever has this dictionary already is not sent it again.
    let mut known = gate.raw();
    let answer = known.open_as(json!({ "sys": { "dictVersion": grown } })).await;
    assert_eq!(answer["sys"].get("dict"), None);
    assert_eq!(ask(&mut known, 40).await, "bought");

    // A code that nobody was offered breaks the protocol.
    send(&mut early, 42).await;
    assert!(early.kick_reason().await.contains("unknown route code 42"));
}

#[tokio::test(start_paused = true)]
async fn fault_21_a_code_on_which_nodes_disagree_is_offered_to_nobody() {
    let gates = [
        TestApp::start(App::new().cluster(node(1))).await,
        TestApp::start(App::new().cluster(node(2))).await,
    ];
    let third = shop(3, SHOP).await;
    let cables = [join(&gates[0], &third).await, join(&gates[1], &third).await];
    let (mut early, dictionary, version) = connect(&gates[0]).await;
    assert_eq!(dictionary, json!({ "shop.buy": 40, "shop.look": 1, "shop.sell": 41 }));
    assert_eq!(connect(&gates[1]).await.2, version, "gates agree");

    // 50 and 51 are codes of routes that have another one; 41 is one of two routes.
    let fourth = shop(4, OTHER_SHOP).await;
    let bank = App::new().component(Bank).routes(Routes::new("8", BANK));
    let fifth = TestApp::start(bank.cluster(node(5))).await;
    let mut others = Vec::new();
    for gate in &gates {
        others.extend([join(gate, &fourth).await, join(gate, &fifth).await]);
        let (mut client, dictionary, _) = connect(gate).await;
        assert_eq!(dictionary, json!({ "shop.buy": 40 }));
        for (route, answer) in
            [("shop.sell", "sold"), ("shop.look", "seen"), ("bank.save", "saved")]
        {
            client.request(9, route, "null").await;
            assert_eq!(client.message().await.json(), answer, "{route}");
        }
    }
    // A code that was offered stands for its route as long as the process lives, also if the node is lost.
    assert_eq!(ask(&mut early, 41).await, "sold");
    for cable in cables {
        cable.cut().await;
    }
    assert_eq!(ask(&mut early, 41).await, "sold", "at the other shop");
}

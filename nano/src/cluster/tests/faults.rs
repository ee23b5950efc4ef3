//! Faults of nodes and of their handlers, by their numbers in the table of failures.

use std::future::pending;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::Instant;

use super::cable::{join, node};
use super::code;
use crate::cluster::end::End;
use crate::cluster::frames::{Frame, Goodbye, Hello, Kind};
use crate::cluster::link;
use crate::cluster::transport::open;
use crate::testing::TestApp;
use crate::{App, component};

#[tokio::test(start_paused = true)]
async fn fault_21_a_node_of_another_protocol_is_refused_with_both_ranges() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let this = gate.server().core().node.clone().expect("a node");
    let (link, outlet) = open(&this, None);
    let hello = Hello { protocol_min: 7, protocol_max: 9, ..Hello::new("nano", 2, "json") };
    let hello = Frame { kind: Some(Kind::Hello(hello)) };
    let text = "node 2 speaks the protocols 7 to 9, and node 1 1 to 1".to_owned();
    let end = link::run(&this, link, stream::iter([hello]), None).await;
    assert_eq!(end, End::Refused(text.clone()));
    let told = outlet.collect::<Vec<_>>().await.pop().and_then(|frame| frame.kind);
    let Some(Kind::Goodbye(Goodbye { text: told, .. })) = told else { panic!("{told:?}") };
    assert_eq!(told, text, "the other node is told, too");
}

/// A component of an older release.
struct Shop;

#[component(crate = crate)]
impl Shop {
    #[handler]
    fn buy(&self) -> u32 {
        1
    }
}

/// The same component, with one more handler.
struct NewShop;

#[component(crate = crate, name = "shop")]
impl NewShop {
    #[handler]
    fn buy(&self) -> u32 {
        2
    }

    #[handler]
    fn sell(&self) -> u32 {
        2
    }
}

#[tokio::test(start_paused = true)]
async fn fault_21_a_session_on_a_backend_that_lacks_a_route_is_told_so() {
    let cluster = node(1).route("shop", |session, nodes| {
        // As long as the older one is there.
        let older = nodes.iter().find(|node| node.number() == 2);
        older.map(|older| older.number()).filter(|_| session.uid().is_none())
    });
    let gate = TestApp::start(App::new().cluster(cluster)).await;
    let older = TestApp::start(App::new().component(Shop).cluster(node(2))).await;
    let newer = TestApp::start(App::new().component(NewShop).cluster(node(3))).await;
    let _cables = (join(&gate, &older).await, join(&gate, &newer).await);
    let client = gate.connect().await;
    assert_eq!(client.request::<_, u32>("shop.buy", &()).await.unwrap(), 1);
    assert_eq!(code(&client, "shop.sell", json!(null)).await, "not_found");
    // It stays where it is, and goes on when that node has gone.
    assert_eq!(client.request::<_, u32>("shop.buy", &()).await.unwrap(), 1);
    older.shutdown().await;
    for route in ["shop.sell", "shop.buy"] {
        assert_eq!(client.request::<_, u32>(route, &()).await.unwrap(), 2);
    }
}

/// A component whose handlers fail.
struct Trouble;

#[component(crate = crate)]
impl Trouble {
    #[handler]
    fn crash(&mut self) {
        panic!("as planned");
    }

    /// Keeps the component from all others.
    #[handler(timeout = "2s")]
    async fn hang(&mut self) {
        pending().await
    }

    #[handler]
    fn fine(&mut self) -> u32 {
        1
    }
}

struct Calm;

#[component(crate = crate)]
impl Calm {
    #[handler]
    fn fine(&self) -> u32 {
        1
    }
}

#[tokio::test(start_paused = true)]
async fn fault_27_handlers_that_panic_or_hang_cost_their_own_requests() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let backend = App::new().component(Trouble).component(Calm).cluster(node(2));
    let backend = TestApp::start(backend).await;
    let _cable = join(&gate, &backend).await;
    let (one, other) = (gate.connect().await, gate.connect().await);
    assert_eq!(code(&one, "trouble.crash", json!(null)).await, "internal");
    assert_eq!(one.request::<_, u32>("trouble.fine", &()).await.unwrap(), 1);

    let start = Instant::now();
    let (hung, ()) = tokio::join!(code(&one, "trouble.hang", json!(null)), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let calm: u32 = other.request("calm.fine", &()).await.expect("its other sessions go on");
        assert_eq!((calm, start.elapsed()), (1, Duration::from_millis(100)));
        let waited: u32 = other.request("trouble.fine", &()).await.expect("the component is free");
        assert_eq!(waited, 1);
    });
    assert_eq!(hung, "timeout");
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(2) && took <= Duration::from_millis(2200), "{took:?}");
    assert_eq!(one.request::<_, u32>("trouble.fine", &()).await.unwrap(), 1);
}

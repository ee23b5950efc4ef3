//! Nodes under strain: peers that read nothing, closes that race with messages, handlers that wait for each other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::cable::{join, node};
use super::code;
use crate::cluster::calls::Progress;
use crate::cluster::frames::Request;
use crate::cluster::inbox::WAITING;
use crate::cluster::queue::LIMIT;
use crate::dispatch::tests::Log;
use crate::testing::TestApp;
use crate::{App, Context, ErrorKind, Result, Session, component};

/// A component that is called from everywhere, and notes its sessions.
#[derive(Default)]
struct Shop {
    seen: Log,
}

#[component(crate = crate)]
impl Shop {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.seen.note(format!("opened {}", session.id()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.seen.note(format!("closed {}", session.id()));
    }

    #[handler]
    fn weigh(&self, text: String) -> usize {
        text.len()
    }

    #[handler]
    fn greet(&self, session: &Session) -> Result<()> {
        session.push("onGreet", &1)
    }

    #[handler]
    fn turn_away(&self, session: &Session) {
        session.kick("closed");
    }

    #[handler]
    fn hang_up(&self, session: &Session) {
        session.close();
    }

    #[handler(timeout = "2s")]
    async fn never(&self) {
        std::future::pending::<()>().await;
    }
}

/// Another one, for the same nodes or others.
struct Stall;

#[component(crate = crate)]
impl Stall {
    #[handler]
    fn weigh(&self, text: String) -> usize {
        text.len()
    }
}

fn node_of(app: &TestApp) -> Arc<crate::cluster::Node> {
    app.server().core().node.clone().expect("a node")
}

async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn fault_07_a_peer_that_reads_nothing_is_refused_more_and_others_go_on() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let shop = TestApp::start(App::new().component(Shop::default()).cluster(node(2))).await;
    let stall = TestApp::start(App::new().component(Stall).cluster(node(3))).await;
    let (cable, _other) = (join(&gate, &shop).await, join(&gate, &stall).await);
    let client = gate.connect().await;
    let start = Instant::now();
    cable.hold();
    let text = "x".repeat(60_000);
    let most = LIMIT / text.len();
    let call = |_| {
        let (caller, text) = (ShopClient::new(&gate.server().node().number(2)), text.clone());
        tokio::spawn(async move { caller.weigh(&text).await })
    };
    let mut calls: Vec<_> = (0..2 * most).map(call).collect();
    until(|| calls.iter().filter(|call| call.is_finished()).count() >= most).await;
    // One message is on the line by now, and has left its place to another.
    calls.extend((0..2).map(call));
    until(|| calls.iter().filter(|call| call.is_finished()).count() > most).await;
    let link = node_of(&gate).gate.peers.get(2).and_then(|peer| peer.link()).expect("a link");
    assert!(link.queue.waiting() <= LIMIT, "{}", link.queue.waiting());
    // What goes on at once, goes on with no time passed.
    assert_eq!(code(&client, "shop.weigh", json!(text)).await, "unavailable");
    assert_eq!(client.request::<_, usize>("stall.weigh", &text).await.unwrap(), text.len());
    assert_eq!(start.elapsed(), Duration::ZERO);

    cable.cut().await;
    let outcomes = join_all(calls).await.into_iter().map(|call| call.expect("no panic"));
    let kinds: Vec<_> = outcomes.map(|outcome| outcome.expect_err("an error").kind()).collect();
    let refused = kinds.iter().filter(|kind| **kind == ErrorKind::Unavailable).count();
    let lost = kinds.iter().filter(|kind| **kind == ErrorKind::NodeLost).count();
    assert_eq!(refused + lost, kinds.len());
    assert!(refused >= most && lost > most / 2, "{refused} refused, {lost} lost");
}

/// Notes of the opening and the end of each session: one of each, in this order.
fn check_hooks(notes: &[String], least: usize) {
    let opened: Vec<_> = notes.iter().filter_map(|note| note.strip_prefix("opened ")).collect();
    assert!(opened.len() >= least, "{} sessions came", opened.len());
    assert_eq!(notes.len(), 2 * opened.len());
    for id in opened {
        let of_session: Vec<_> = notes.iter().filter(|note| note.ends_with(id)).collect();
        assert_eq!(of_session, [&format!("opened {id}"), &format!("closed {id}")]);
    }
}

#[tokio::test(start_paused = true)]
async fn fault_20_whatever_a_close_races_with_a_session_ends_once() {
    let seen = Log::default();
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let shop = Shop { seen: seen.clone() };
    let shop = TestApp::start(App::new().component(shop).cluster(node(2))).await;
    let _cable = join(&gate, &shop).await;
    const ROUTES: [&str; 5] =
        ["shop.weigh", "shop.greet", "shop.turn_away", "shop.hang_up", "shop.never"];
    // Each route, with a close after each number of steps that a message takes on its way.
    for steps in 0..40 {
        for route in ROUTES {
            let client = gate.connect().await;
            // The client may be closed by then.
            let _ = client.notify(route, &"x").await;
            for _ in 0..steps {
                tokio::task::yield_now().await;
            }
            match steps % 2 {
                0 => drop(client),
                _ => gate.server().everyone().sessions().iter().for_each(Session::close),
            }
        }
    }
    let start = Instant::now();
    while gate.server().sessions() + shop.server().sessions() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(start.elapsed() < Duration::from_secs(3), "a session does not end");
    }
    check_hooks(&seen.take(), 100);
    let link = node_of(&gate).gate.peers.get(2).and_then(|peer| peer.link()).expect("a link");
    assert_eq!(link.calls.len(), 0, "nobody waits for an answer");
}

#[tokio::test(start_paused = true)]
async fn fault_20_a_message_that_meets_the_close_of_its_session_does_not_hold_the_end_up() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let shop = TestApp::start(App::new().component(Shop::default()).cluster(node(2))).await;
    let cable = join(&gate, &shop).await;
    for route in ["shop.weigh", "shop.never"] {
        let client = gate.connect().await;
        client.request::<_, usize>("shop.weigh", &"x").await.expect("an answer");
        cable.hold();
        let start = Instant::now();
        client.notify(route, &"x").await.expect("on its way");
        until(|| node_of(&gate).gate.peers.all()[0].link().expect("a link").calls.len() > 0).await;
        shop.server().everyone().sessions().iter().for_each(Session::close);
        cable.release();
        until(|| gate.server().sessions() + shop.server().sessions() == 0).await;
        assert_eq!(start.elapsed(), Duration::ZERO, "{route}");
    }
}

#[tokio::test(start_paused = true)]
async fn fault_20_closes_wait_for_no_backend_that_hangs() {
    let seen = Log::default();
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let shop = Shop { seen: seen.clone() };
    let shop = TestApp::start(App::new().component(shop).cluster(node(2))).await;
    let cable = join(&gate, &shop).await;
    let mut clients = Vec::new();
    for _ in 0..500 {
        let client = gate.connect().await;
        client.request::<_, usize>("shop.weigh", &"x").await.expect("an answer");
        clients.push(client);
    }
    let start = Instant::now();
    cable.hold();
    drop(clients);
    until(|| gate.server().sessions() == 0).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(shop.server().sessions(), 500, "it has not heard of it");
    cable.release();
    until(|| shop.server().sessions() == 0).await;
    check_hooks(&seen.take(), 500);
}

/// An earlier state of the shop, with fewer handlers.
struct OldShop;

#[component(crate = crate, name = "shop")]
impl OldShop {
    #[handler]
    fn weigh(&self, text: String) -> usize {
        text.len()
    }
}

#[tokio::test(start_paused = true)]
async fn fault_21_a_session_whose_node_lacks_a_route_and_is_lost_goes_to_another() {
    let cluster = node(1).route("shop", |_, nodes| nodes.first().map(crate::Node::number));
    let gate = TestApp::start(App::new().cluster(cluster)).await;
    let old = TestApp::start(App::new().component(OldShop).cluster(node(2))).await;
    let new = TestApp::start(App::new().component(Shop::default()).cluster(node(3))).await;
    let (cable, _other) = (join(&gate, &old).await, join(&gate, &new).await);
    let client = gate.connect().await;
    assert_eq!(client.request::<_, usize>("shop.weigh", &"x").await.unwrap(), 1);
    assert_eq!(code(&client, "shop.greet", json!(null)).await, "not_found", "it is at the old one");
    cable.cut().await;
    client.request::<_, ()>("shop.greet", &()).await.expect("that one has it");
}

/// Two components that are alone when they call each other.
struct Left;
struct Right;

#[component(crate = crate)]
impl Left {
    #[handler(timeout = "1s")]
    async fn push(&mut self, ctx: &Context<Self>) -> Result<()> {
        RightClient::new(&ctx.node().any()).push().await
    }

    #[handler]
    fn rest(&mut self) -> Result<()> {
        Ok(())
    }
}

#[component(crate = crate)]
impl Right {
    #[handler(timeout = "1s")]
    async fn push(&mut self, ctx: &Context<Self>) -> Result<()> {
        LeftClient::new(&ctx.node().any()).rest().await
    }
}

#[tokio::test(start_paused = true)]
async fn fault_27_two_backends_that_wait_for_each_other_cost_one_request() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let backend = App::new().component(Shop::default()).component(Left);
    let backend = TestApp::start(backend.cluster(node(2))).await;
    let right = TestApp::start(App::new().component(Right).cluster(node(3))).await;
    let _cables =
        [join(&gate, &backend).await, join(&gate, &right).await, join(&backend, &right).await];
    let (client, other) = (gate.connect().await, gate.connect().await);
    let start = Instant::now();
    let goes_on = async {
        // In the middle of it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(other.request::<_, usize>("shop.weigh", &"x").await.unwrap(), 1);
        assert_eq!(start.elapsed(), Duration::from_millis(500));
    };
    let (code, ()) = tokio::join!(code(&client, "left.push", json!(null)), goes_on);
    assert_eq!(code, "timeout");
    assert!(start.elapsed() <= Duration::from_millis(1100), "{:?}", start.elapsed());
    client.request::<_, ()>("left.rest", &()).await.expect("it is free again");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_sends_without_end_for_one_session_is_refused_more() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let shop = TestApp::start(App::new().component(Shop::default()).cluster(node(2))).await;
    let _cable = join(&gate, &shop).await;
    let client = gate.connect().await;
    client.request::<_, usize>("shop.weigh", &"").await.expect("an answer");

    // A gate sends one after another; this one does not.
    let session = gate.server().everyone().sessions()[0].id();
    let link = node_of(&gate).gate.peers.all()[0].link().expect("a link");
    let mut calls = Vec::new();
    for _ in 0..WAITING + 100 {
        let call = link.calls.open(session).expect("the link is there");
        let request = Request {
            session: session.get(),
            id: call.id,
            route: b"shop.never".as_slice().into(),
            body: Bytes::from_static(b"null"),
            time_left: 60_000,
            ..Request::default()
        };
        link.send(request).expect("room");
        calls.push(call);
        // The session's task takes it.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }
    let answers = calls.iter().map(|call| timeout(Duration::from_secs(1), call.progress()));
    let answers = join_all(answers).await;
    let is_refused = |answer: &&_| matches!(answer, Ok(Progress::Answered(Err(failure))) if failure.code == "unavailable");
    let refused = answers.iter().filter(is_refused).count();
    assert_eq!(refused, 99, "one runs, and {WAITING} wait");
    assert!(answers[..=WAITING].iter().all(Result::is_err), "the first ones are those");
}

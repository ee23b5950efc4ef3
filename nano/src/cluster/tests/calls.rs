//! Calls of components between three nodes.

use std::time::Duration;

use tokio::time::Instant;

use super::cable::{Cable, join, node};
use super::code;
use crate::dispatch::tests::Log;
use crate::testing::TestApp;
use crate::{App, AppCaller, Context, Error, ErrorKind, Reply, Result, Session, component};

/// The component of the gate.
#[derive(Default)]
struct Hall {
    seen: Log,
}

#[component(crate = crate)]
impl Hall {
    #[handler(internal)]
    fn greet(&self, session: &Session, text: String) -> Result<Option<i64>> {
        session.insert(text);
        Ok(session.uid().and_then(|uid| uid.as_i64()))
    }

    #[handler]
    fn greeted(&self, session: &Session) -> Option<String> {
        session.get()
    }

    #[on(session_closed)]
    fn closed(&self, _session: &Session) {
        self.seen.note("closed");
    }
}

/// The component of the second node.
struct Desk;

#[component(crate = crate)]
impl Desk {
    #[handler]
    async fn mark(&self, session: &Session, text: String) -> Result<(Option<i64>, Option<String>)> {
        session.bind(7).await?;
        session.data().set("desk", &text)?;
        LedgerClient::new(&session.caller()).mark(&text).await
    }

    #[handler]
    async fn greet(&self, session: &Session, text: String) -> Result<Option<i64>> {
        HallClient::new(&session.caller()).greet(&text).await
    }

    #[handler]
    async fn read(&self, session: &Session) -> Result<(Option<i64>, Option<String>)> {
        LedgerClient::new(&session.caller()).read().await
    }

    #[handler]
    fn marked(&self, session: &Session) -> Result<Option<String>> {
        session.data().get("ledger")
    }

    #[handler]
    async fn leave(&self, session: &Session) -> Result<()> {
        LedgerClient::new(&session.caller()).leave().await
    }

    #[handler(internal, timeout = "1s")]
    async fn impatient(&self, ctx: &Context<Self>) -> Result<()> {
        LedgerClient::new(&ctx.node().number(3)).hang().await
    }

    #[handler(internal)]
    async fn circle(&self, depth: u32, ctx: &Context<Self>) -> Result<u32> {
        LedgerClient::new(&ctx.node().any()).circle(&(depth + 1)).await
    }
}

/// The component of the third node.
#[derive(Default)]
struct Ledger {
    seen: Log,
    sum: u64,
    parked: Option<Reply<u64>>,
}

#[component(crate = crate)]
impl Ledger {
    #[on(session_opened)]
    async fn opened(&self, session: &Session) {
        tokio::task::yield_now().await;
        self.seen.note(format!("opened {:?}", session.uid()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.seen.note(format!("closed {}", session.close_reason().expect("a reason")));
    }

    #[handler]
    fn add(&mut self, amount: u64) -> Result<u64> {
        if amount > 100 {
            return Err(Error::reject("too_much", "a hundred at most"));
        }
        self.sum += amount;
        Ok(self.sum)
    }

    #[handler(internal)]
    fn mark(&self, session: &Session, text: String) -> Result<(Option<i64>, Option<String>)> {
        session.push("onMark", &text)?;
        session.data().set("ledger", &text)?;
        Ok((session.uid().and_then(|uid| uid.as_i64()), session.data().get("desk")?))
    }

    #[handler(internal)]
    fn read(&self, session: &Session) -> Result<(Option<i64>, Option<String>)> {
        Ok((session.uid().and_then(|uid| uid.as_i64()), session.data().get("desk")?))
    }

    #[handler(internal)]
    fn leave(&self, session: &Session) -> Result<()> {
        session.close();
        Ok(())
    }

    #[handler(internal)]
    fn park(&mut self, reply: Reply<u64>) {
        self.parked = Some(reply);
        self.seen.note("parked");
    }

    #[handler(internal)]
    fn note(&mut self, text: String) {
        self.seen.note(text);
        if let Some(reply) = self.parked.take() {
            reply.send(self.sum);
        }
    }

    #[handler(internal, timeout = "2s")]
    async fn hang(&self) -> Result<()> {
        let _cut = Cut(self.seen.clone());
        std::future::pending().await
    }

    #[handler(internal)]
    async fn circle(&self, depth: u32, ctx: &Context<Self>) -> Result<u32> {
        match DeskClient::new(&ctx.node().any()).circle(&(depth + 1)).await {
            Err(error) if error.kind() == ErrorKind::Loop => Ok(depth),
            result => result,
        }
    }
}

/// Notes the end of a handler that is cut off.
struct Cut(Log);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.note("cut");
    }
}

/// A gate with a component, and two other nodes.
struct Three {
    gate: TestApp,
    desk: TestApp,
    ledger: TestApp,
    /// Between gate and desk, gate and ledger, desk and ledger.
    cables: [Cable; 3],
    at_gate: Log,
    at_ledger: Log,
}

async fn three() -> Three {
    let (at_gate, at_ledger) = (Log::default(), Log::default());
    let hall = Hall { seen: at_gate.clone() };
    let gate = TestApp::start(App::new().component(hall).cluster(node(1))).await;
    let desk = TestApp::start(App::new().component(Desk).cluster(node(2))).await;
    let ledger = Ledger { seen: at_ledger.clone(), ..Ledger::default() };
    let ledger = TestApp::start(App::new().component(ledger).cluster(node(3))).await;
    let cables = [join(&gate, &desk).await, join(&gate, &ledger).await, join(&desk, &ledger).await];
    Three { gate, desk, ledger, cables, at_gate, at_ledger }
}

fn ledger(app: &TestApp) -> LedgerClient<AppCaller> {
    LedgerClient::new(&app.server().node().any())
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.expect_err("an error").kind()
}

async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_reach_the_node_that_has_the_component() {
    let Three { gate, desk, ledger: app, at_ledger, .. } = three().await;
    assert_eq!(ledger(&desk).add(&5).await.unwrap(), 5);
    assert_eq!(ledger(&gate).add(&5).await.unwrap(), 10);
    assert_eq!(ledger(&app).add(&5).await.unwrap(), 15, "its own");
    let node = desk.server().node();
    for caller in [node.number(3), node.key("x")] {
        assert_eq!(LedgerClient::new(&caller).add(&0).await.unwrap(), 15);
    }
    let parked = async { ledger(&desk).park().await.unwrap() };
    let freed = async {
        until(|| at_ledger.take() == ["parked"]).await;
        ledger(&gate).note(&"freed".into()).await.unwrap();
    };
    assert_eq!(tokio::join!(parked, freed).0, 15, "a late reply");
    assert_eq!(at_ledger.take(), ["freed"], "a notify");
}

#[tokio::test(start_paused = true)]
async fn a_third_node_that_has_forgotten_a_session_is_told_of_it_again() {
    let Three { gate, desk: _desk, ledger, cables: [_a, cable, _b], .. } = three().await;
    let client = gate.connect().await;
    let told = (Some(7), Some("a".to_owned()));
    let read = || client.request::<_, (Option<i64>, Option<String>)>("desk.read", &());
    let _: (Option<i64>, Option<String>) = client.request("desk.mark", &"a").await.unwrap();
    for _ in 0..2 {
        assert_eq!(read().await.unwrap(), told);
    }
    cable.cut().await;
    until(|| ledger.server().sessions() == 0).await;
    let _again = join(&gate, &ledger).await;
    assert_eq!(code(&client, "desk.read", serde_json::json!(null)).await, "unavailable");
    assert_eq!(read().await.unwrap(), told);
}

#[tokio::test(start_paused = true)]
async fn fault_23_a_circle_of_calls_ends_with_the_fifth() {
    let Three { desk, ledger: _ledger, gate: _gate, .. } = three().await;
    assert_eq!(ledger(&desk).circle(&1).await.unwrap(), 3, "the fifth, at the desk, is refused");
}

#[tokio::test(start_paused = true)]
async fn calls_between_nodes_that_fail_say_why() {
    let Three { gate, desk, ledger: app, cables: [_, _, cable], at_ledger, .. } = three().await;
    let caller = ledger(&desk);
    let error = caller.add(&101).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("too_much")));
    assert_eq!(kind(caller.mark(&"x".into()).await), ErrorKind::NoSession);
    assert_eq!(kind(caller.note(&"x".repeat(70_000)).await), ErrorKind::TooLarge);
    let start = Instant::now();
    assert_eq!(kind(caller.hang().await), ErrorKind::Timeout);
    assert!(start.elapsed() <= Duration::from_millis(2100), "{:?}", start.elapsed());
    let node = desk.server().node();
    assert_eq!(kind(LedgerClient::new(&node.number(9)).add(&1).await), ErrorKind::Unavailable);
    assert_eq!(kind(LedgerClient::new(&node.number(1)).add(&1).await), ErrorKind::NotFound);
    assert_eq!(kind(HallClient::new(&node.number(3)).greeted().await), ErrorKind::NotFound);
    // A call for another node is not handled by the one that makes it, although it alone could.
    let node = app.server().node();
    assert_eq!(kind(LedgerClient::new(&node.number(1)).add(&1).await), ErrorKind::NotFound);
    assert_eq!(
        kind(LedgerClient::new(&node.named("nobody")).add(&1).await),
        ErrorKind::Unavailable
    );

    let client = gate.connect().await;
    for route in ["ledger.park", "ledger.nothing"] {
        assert_eq!(code(&client, route, serde_json::json!(null)).await, "not_found", "{route}");
    }
    at_ledger.take();
    let lost = tokio::join!(caller.park(), async {
        until(|| at_ledger.take() == ["parked"]).await;
        cable.cut().await;
    });
    assert_eq!(kind(lost.0), ErrorKind::NodeLost);
    assert_eq!(kind(caller.add(&1).await), ErrorKind::Unavailable);
    app.shutdown().await;
    until(|| {
        gate.server()
            .core()
            .node
            .as_ref()
            .expect("a node")
            .gate
            .peers
            .get(3)
            .is_none_or(|peer| peer.link().is_none())
    })
    .await;
    assert_eq!(kind(ledger(&gate).add(&1).await), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_third_node_gets_the_session_by_a_call_on_its_behalf() {
    let Three { gate, desk, ledger, at_gate, at_ledger, .. } = three().await;
    let client = gate.connect().await;
    let (say, mut said) = tokio::sync::mpsc::unbounded_channel();
    client.on("onMark", move |text: String| drop(say.send(text)));
    let seen: (Option<i64>, Option<String>) =
        client.request("desk.mark", &"a").await.expect("marked");
    assert_eq!(seen, (Some(7), Some("a".into())), "the state that the desk has just made");
    assert_eq!(said.recv().await.as_deref(), Some("a"), "pushed by the third node");
    assert_eq!(at_ledger.take(), ["opened Some(7)"]);
    let again: (Option<i64>, Option<String>) = client.request("desk.mark", &"b").await.unwrap();
    assert_eq!(again, (Some(7), Some("b".into())));
    assert_eq!(
        client.request::<_, Option<String>>("desk.marked", &()).await.unwrap(),
        Some("b".into())
    );

    // The gate's own component has the session itself.
    assert_eq!(client.request::<_, Option<i64>>("desk.greet", &"hi").await.unwrap(), Some(7));
    let greeted: Option<String> = client.request("hall.greeted", &()).await.unwrap();
    assert_eq!(greeted.as_deref(), Some("hi"));
    assert_eq!((desk.server().sessions(), ledger.server().sessions()), (1, 1));

    // It ends on all nodes, once on each, whoever closes it.
    client.request::<_, ()>("desk.leave", &()).await.expect("answered before the end");
    client.closed().await;
    until(|| desk.server().sessions() + ledger.server().sessions() + gate.server().sessions() == 0)
        .await;
    assert_eq!(at_ledger.take(), ["closed closed"]);
    assert_eq!(at_gate.take(), ["closed"]);
}

#[tokio::test(start_paused = true)]
async fn a_third_node_without_a_link_to_the_gate_refuses_the_session() {
    let Three { gate, desk: _desk, ledger: _ledger, cables: [_, cable, _], at_ledger, .. } =
        three().await;
    let client = gate.connect().await;
    cable.cut().await;
    assert_eq!(code(&client, "desk.mark", serde_json::json!("a")).await, "unavailable");
    assert!(at_ledger.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_on_another_node_goes_on_when_its_caller_is_gone() {
    let Three { desk, ledger: _ledger, at_ledger, .. } = three().await;
    let caller = ledger(&desk);
    assert!(tokio::time::timeout(Duration::from_millis(100), caller.hang()).await.is_err());
    tokio::time::sleep(Duration::from_millis(1800)).await;
    assert!(at_ledger.take().is_empty(), "its time is not over");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(at_ledger.take(), ["cut"]);
}

#[tokio::test(start_paused = true)]
async fn the_time_that_is_left_goes_along() {
    let Three { gate, desk: _desk, ledger: _ledger, at_ledger, .. } = three().await;
    let start = Instant::now();
    let caller = DeskClient::new(&gate.server().node().number(2));
    assert_eq!(kind(caller.impatient().await), ErrorKind::Timeout);
    until(|| at_ledger.take() == ["cut"]).await;
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(950) && took <= Duration::from_millis(1100), "{took:?}");
}

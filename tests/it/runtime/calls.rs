//! Calls of components to one another, on one node. The same between nodes is in `nano/src/cluster/tests`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{
    App, Context, Error, ErrorKind, Handle, InboundMessage, Protobuf, Reply, Result, RoomType,
    Session, component,
};
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::Notify;

#[derive(Default)]
struct Bank {
    gold: u64,
    told: Arc<Notify>,
}

#[component]
impl Bank {
    #[handler(internal)]
    fn pay(&mut self, gold: u64) -> Result<u64> {
        if gold > 100 {
            return Err(Error::reject("too_much", "one purse at a time"));
        }
        self.gold += gold;
        Ok(self.gold)
    }

    #[handler(internal)]
    fn mark(&self, session: &Session, text: String) -> Result<Option<i64>> {
        session.push("onMark", &text)?;
        Ok(session.uid().and_then(|uid| uid.as_i64()))
    }

    #[handler(internal)]
    fn later(&self, text: String, reply: Reply<String>) {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(reply.is_wanted());
            reply.send(text);
        });
    }

    #[handler(internal)]
    fn never(&self, _reply: Reply<()>) -> Result<()> {
        Ok(())
    }

    #[handler(internal, timeout = "2s")]
    async fn hang(&self) -> Result<()> {
        std::future::pending().await
    }

    #[handler(internal)]
    fn tell(&self) {
        self.told.notify_one();
    }

    #[handler(internal)]
    async fn selfish(&mut self, ctx: &Context<Self>) -> Result<u64> {
        BankClient::new(&ctx.node().any()).pay(&1).await
    }

    #[handler(internal)]
    async fn circle(&self, depth: u32, ctx: &Context<Self>) -> Result<u32> {
        match ShopClient::new(&ctx.node().key("circle")).circle(&(depth + 1)).await {
            Err(error) if error.kind() == ErrorKind::Loop => Ok(depth),
            result => result,
        }
    }

    #[handler]
    fn open_to_all(&self) -> u64 {
        self.gold
    }
}

struct Shop;

#[component]
impl Shop {
    #[handler]
    async fn buy(&self, session: &Session, ctx: &Context<Self>) -> Result<(u64, Option<i64>)> {
        session.bind(7).await?;
        let gold = BankClient::new(&ctx.node().any()).pay(&10).await?;
        Ok((gold, BankClient::new(&session.caller()).mark(&"sword".into()).await?))
    }

    /// The task is not within this call.
    #[handler(internal)]
    async fn spawn(&self, left: u32, ctx: &Context<Self>) -> Result<()> {
        let Some(left) = left.checked_sub(1) else { return Ok(()) };
        let shop = ShopClient::new(&ctx.node().any());
        tokio::spawn(async move { shop.spawn(&left).await }).await.expect("no panic")
    }

    #[handler(internal, timeout = "2s")]
    async fn forget(&self) {
        std::future::pending::<()>().await;
    }

    #[handler(timeout = "100ms")]
    async fn wait(&self, ctx: &Context<Self>) -> Result<()> {
        BankClient::new(&ctx.node().any()).hang().await
    }

    #[handler]
    async fn steal(&self, ctx: &Context<Self>) -> Result<u64> {
        BankClient::new(&ctx.node().any()).pay(&101).await
    }

    #[handler(internal)]
    async fn circle(&self, depth: u32, ctx: &Context<Self>) -> Result<u32> {
        BankClient::new(&ctx.node().named("me")).circle(&(depth + 1)).await
    }
}

#[derive(Default)]
struct Table;

#[component(room)]
impl Table {
    #[handler(internal)]
    fn seat(&self) -> u32 {
        4
    }
}

async fn start() -> (TestApp, Arc<Notify>) {
    let told = Arc::new(Notify::new());
    let bank = Bank { gold: 0, told: told.clone() };
    let refuse = |message: &mut InboundMessage<'_>| {
        let is_call = message.route().starts_with("bank.") && message.route() != "bank.open_to_all";
        if is_call { Err(Error::reject("stage", "calls pass no stages")) } else { Ok(()) }
    };
    let app = App::new().component(bank).component(Shop).rooms(RoomType::<Table>::new());
    (TestApp::start(app.inbound(refuse)).await, told)
}

fn bank(app: &TestApp) -> BankClient<nano::AppCaller> {
    BankClient::new(&app.server().node().any())
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.expect_err("an error").kind()
}

#[tokio::test(start_paused = true)]
async fn components_call_each_other_with_a_session_and_without() {
    let (app, told) = start().await;
    let client = app.connect().await;
    let marks = Arc::new(Mutex::new(Vec::new()));
    let marked = marks.clone();
    client.on("onMark", move |text: String| marked.lock().unwrap().push(text));
    let bought: (u64, Option<i64>) = client.request("shop.buy", &()).await.unwrap();
    assert_eq!(bought, (10, Some(7)));
    assert_eq!(*marks.lock().unwrap(), ["sword"], "it comes before the reply");
    let error = client.request::<_, Value>("shop.steal", &()).await.unwrap_err();
    assert_eq!(error.code(), Some("too_much"), "the error of the handler that was called");

    let bank = bank(&app);
    assert_eq!(bank.pay(&5).await.unwrap(), 15);
    assert_eq!(bank.open_to_all().await.unwrap(), 15, "a handler for clients, too");
    assert_eq!(bank.later(&"yes".into()).await.unwrap(), "yes");
    bank.tell().await.unwrap();
    told.notified().await;
    for caller in [app.server().node().number(9), app.server().node().key(9)] {
        assert_eq!(BankClient::new(&caller).pay(&0).await.unwrap(), 15, "there is one node");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_fail_say_why() {
    let (app, _) = start().await;
    let bank = bank(&app);
    let error = bank.pay(&101).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("too_much")));
    assert_eq!(kind(bank.mark(&"x".into()).await), ErrorKind::NoSession);
    assert_eq!(kind(bank.never().await), ErrorKind::NoReply);
    assert_eq!(kind(bank.hang().await), ErrorKind::Timeout);
    assert_eq!(kind(bank.selfish().await), ErrorKind::SelfLock);
    assert_eq!(kind(bank.later(&"x".repeat(70_000)).await), ErrorKind::TooLarge);
    assert_eq!(bank.circle(&1).await.unwrap(), 3, "the fifth call is refused");
    let tables = TableClient::new(&app.server().node().any());
    assert_eq!(kind(tables.seat().await), ErrorKind::NoSession, "a room is found by the session");
    let protobuf = BankClient::new(&app.server().node().any().protobuf());
    assert_eq!(kind(protobuf.open_to_all().await), ErrorKind::Encode, "a JSON app");
    app.shutdown().await;
    assert_eq!(kind(bank.pay(&1).await), ErrorKind::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_a_handler_spawns_begins_anew() {
    let (app, _) = start().await;
    ShopClient::new(&app.server().node().any()).spawn(&6).await.expect("it is not deep");
}

/// Nobody waits for them, so they have a bound of their own.
#[tokio::test(start_paused = true)]
async fn so_many_notifies_are_handled_at_a_time_and_no_more() {
    let (app, _) = start().await;
    let shop = ShopClient::new(&app.server().node().any());
    for _ in 0..16_384 {
        shop.forget().await.expect("there is room");
    }
    assert_eq!(kind(shop.forget().await), ErrorKind::Unavailable);
    tokio::time::sleep(Duration::from_secs(3)).await;
    shop.forget().await.expect("they have ended");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_for_a_call_is_late_by_its_own_time() {
    let (app, _) = start().await;
    let client = app.connect().await;
    let error = client.request::<_, Value>("shop.wait", &()).await.unwrap_err();
    assert_eq!(error.code(), Some("timeout"));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_caller_is_gone_is_cut_off() {
    let (app, _) = start().await;
    let handle: Handle<Bank> = app.server().component().expect("the bank");
    let bank = bank(&app);
    assert!(tokio::time::timeout(Duration::from_millis(1), bank.hang()).await.is_err());
    handle.call(|bank| bank.gold += 1).await.expect("the component is free at once");
    assert_eq!(bank.pay(&0).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn internal_handlers_are_not_there_for_clients() {
    let (app, _) = start().await;
    let mut raw = app.raw();
    raw.open().await;
    for route in ["bank.pay", "bank.nothing", "table.seat"] {
        raw.request(1, route, "1").await;
        let error = raw.message().await.json();
        assert_eq!(error["error"]["code"], json!("not_found"), "{route}");
    }
    let codes: Vec<_> = app.server().dictionary().codes().keys().copied().collect();
    assert_eq!(codes, ["bank.open_to_all", "shop.buy", "shop.steal", "shop.wait"]);
    let internal: Vec<_> = app
        .server()
        .routes()
        .filter(|route| route.is_internal())
        .map(|route| route.name())
        .collect();
    assert!(internal.contains(&"bank.pay") && !internal.contains(&"shop.buy"), "{internal:?}");
}

#[tokio::test(start_paused = true)]
async fn an_app_with_protobuf_calls_with_messages() {
    #[derive(Clone, PartialEq, Message)]
    struct Sum {
        #[prost(uint64, tag = "1")]
        value: u64,
    }
    struct Math;
    #[component]
    impl Math {
        #[handler(internal)]
        fn double(&self, sum: Sum) -> Sum {
            Sum { value: sum.value * 2 }
        }
    }
    let app = TestApp::start(App::new().serializer(Protobuf).component(Math)).await;
    let math = MathClient::new(&app.server().node().any().protobuf());
    assert_eq!(math.double(&Sum { value: 21 }).await.unwrap(), Sum { value: 42 });
}

//! Promise 3: a panic costs the call in which it happens, and nothing else.

use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Context, ErrorKind, Group, Result, Session, component};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::support::{Log, code_of, in_time};

/// Panics while it is read.
struct Unreadable;

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: Deserializer<'de>>(_deserializer: D) -> Result<Self, D::Error> {
        panic!("a payload panics while it is read");
    }
}

/// Panics while it is written.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        panic!("a value panics while it is written");
    }
}

/// Panics when it is dropped.
struct Undroppable;

impl Drop for Undroppable {
    fn drop(&mut self) {
        panic!("a value panics while it is dropped");
    }
}

#[derive(Default)]
struct Mine {
    group: Group,
    state: u32,
}

#[component]
impl Mine {
    #[handler]
    fn state(&self) -> u32 {
        self.state
    }

    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.group.add(session)
    }

    #[handler]
    fn at_once(&mut self) {
        self.state += 1;
        panic!("a handler panics");
    }

    #[handler]
    fn at_once_shared(&self) {
        panic!("a shared handler panics");
    }

    #[handler]
    async fn later(&mut self) {
        self.state += 1;
        tokio::task::yield_now().await;
        panic!("a handler panics later");
    }

    #[handler]
    fn with_a_payload_of_its_own(&self) {
        std::panic::panic_any(Undroppable);
    }

    #[handler]
    fn unreadable(&self, _payload: Unreadable) {}

    #[handler]
    fn unwritable(&self) -> Unwritable {
        Unwritable
    }

    #[handler]
    async fn unwritable_later(&mut self) -> Unwritable {
        tokio::task::yield_now().await;
        Unwritable
    }

    #[handler]
    fn pushes_unwritable(&self, session: &Session) -> Result<()> {
        session.push("onNews", &Unwritable)
    }

    #[handler]
    fn broadcasts_unwritable(&mut self) -> Result<()> {
        self.state += 1;
        self.group.broadcast("onNews", &Unwritable)
    }

    #[handler]
    fn filters(&self) -> Result<()> {
        self.group.multicast("onNews", &1, |_| panic!("a filter panics"))
    }

    #[handler]
    async fn times_out_undroppable(&mut self) {
        self.state += 1;
        let _value = Undroppable;
        std::future::pending::<()>().await;
    }

    #[handler]
    async fn returns_undroppable(&self) -> u32 {
        tokio::task::yield_now().await;
        let _value = Undroppable;
        7
    }

    #[handler]
    async fn stores_undroppable(&self, session: &Session) -> Result<()> {
        session.insert(Undroppable);
        session.remove::<Undroppable>();
        Ok(())
    }

    #[handler]
    fn updates(&self, session: &Session) {
        session.insert(5_u32);
        session.update(|_: &mut u32| panic!("an update panics"));
    }
}

/// The handlers that panic, what they answer with, and whether they change the state before.
const PANICS: &[(&str, &str, u32)] = &[
    ("mine.at_once", "internal", 1),
    ("mine.at_once_shared", "internal", 0),
    ("mine.later", "internal", 1),
    ("mine.with_a_payload_of_its_own", "internal", 0),
    ("mine.unreadable", "internal", 0),
    ("mine.unwritable", "internal", 0),
    ("mine.unwritable_later", "internal", 0),
    ("mine.pushes_unwritable", "internal", 0),
    ("mine.broadcasts_unwritable", "internal", 1),
    ("mine.filters", "internal", 0),
    ("mine.times_out_undroppable", "timeout", 1),
    ("mine.returns_undroppable", "internal", 0),
    ("mine.stores_undroppable", "internal", 0),
    ("mine.updates", "internal", 0),
];

async fn state(client: &mut RawClient, id: u64) -> u32 {
    client.request(id, "mine.state", "").await;
    let reply = client.message().await;
    assert_eq!(reply.id, id, "the reply is the next thing that comes");
    serde_json::from_value(reply.json()).expect("a number")
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_panic_in_a_handler_costs_its_call_only() {
    let app = App::new().component(Mine::default()).handler_timeout(Duration::from_secs(1));
    let app = TestApp::start(app).await;
    let (mut client, mut other) = (app.raw(), app.raw());
    client.open().await;
    other.open().await;
    other.request(1, "mine.enter", "").await;
    other.message().await;
    let mut expected = 0;
    for (number, (route, code, change)) in (1..).zip(PANICS) {
        client.request(number * 2, route, "").await;
        let reply = client.message().await;
        assert_eq!((reply.id, code_of(&reply.json())), (number * 2, *code), "{route}");
        expected += change;
        // The component goes on with what the panic left, for everybody.
        assert_eq!(state(&mut client, number * 2 + 1).await, expected, "{route}");
        assert_eq!(state(&mut other, number * 2 + 1).await, expected, "{route}");
        client.notify(route, "").await;
        expected += change;
        let context = format!("a notification of {route}");
        assert_eq!(state(&mut client, number * 2 + 1000).await, expected, "{context}");
    }
    assert_eq!(app.server().sessions(), 2);
    in_time("the end", app.shutdown()).await;
}

#[tokio::test]
async fn promise_3_a_panic_in_a_call_through_a_handle_is_its_error() {
    let app = TestApp::start(App::new().component(Mine::default())).await;
    let handle = app.server().component::<Mine>().expect("a component");
    let failed = handle.call(|mine| {
        mine.state += 1;
        panic!("a call panics");
    });
    let error = in_time("an error", failed).await.expect_err("a call that panics");
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert_eq!(error.to_string(), "the call panicked: a call panics");
    assert_eq!(in_time("the state", handle.call(|mine| mine.state)).await.ok(), Some(1));
}

struct Hooked(Log);

impl Hooked {
    fn panic(&self, hook: &str) -> ! {
        self.0.add(hook);
        panic!("the hook {hook} panics");
    }
}

#[component]
impl Hooked {
    #[handler]
    fn bind(&mut self, session: &Session) -> Result<()> {
        session.bind(1)
    }

    #[on(session_opened)]
    fn opened(&mut self) {
        self.panic("opened");
    }

    #[on(session_bound)]
    async fn bound(&mut self) {
        tokio::task::yield_now().await;
        self.panic("bound");
    }

    #[on(session_closed)]
    async fn closed(&self) {
        self.panic("closed");
    }

    #[on(before_shutdown)]
    fn before_shutdown(&mut self) {
        self.panic("before_shutdown");
    }

    #[on(shutdown)]
    async fn shutdown(&mut self) {
        tokio::task::yield_now().await;
        self.panic("shutdown");
    }
}

struct Witness(Log);

#[component]
impl Witness {
    #[on(session_opened)]
    fn opened(&self) {
        self.0.add("opened seen");
    }

    #[on(session_bound)]
    fn bound(&self) {
        self.0.add("bound seen");
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.0.add("closed seen");
    }

    #[on(before_shutdown)]
    fn before_shutdown(&self) {
        self.0.add("before_shutdown seen");
    }

    #[on(shutdown)]
    fn shutdown(&self) {
        self.0.add("shutdown seen");
    }
}

#[tokio::test]
async fn promise_3_a_panic_in_a_hook_does_not_keep_the_others_from_running() {
    let log = Log::default();
    // On both sides: hooks run in order, and at the end in reverse.
    let app = App::new().component(Hooked(log.clone())).component(Witness(log.clone()));
    let app = TestApp::start(app).await;
    let client = app.connect().await;
    client.request::<_, ()>("hooked.bind", &()).await.expect("the handler itself is fine");
    log.reached("bound seen").await;
    client.close().await;
    log.reached("closed").await;
    in_time("the end", app.shutdown()).await;
    assert_eq!(
        log.entries(),
        [
            "opened",
            "opened seen",
            "bound",
            "bound seen",
            "closed seen",
            "closed",
            "before_shutdown seen",
            "before_shutdown",
            "shutdown seen",
            "shutdown",
        ]
    );
}

struct Hanging(Log);

#[component]
impl Hanging {
    #[on(session_opened)]
    async fn opened(&self) {
        let _value = Undroppable;
        std::future::pending().await
    }

    #[on(session_bound)]
    async fn bound(&self) -> Result<()> {
        std::future::pending().await
    }

    #[on(session_closed)]
    async fn closed(&self) {
        self.0.add("closed hangs");
        std::future::pending().await
    }

    #[handler]
    fn bind(&self, session: &Session) -> Result<()> {
        session.bind(1)
    }
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_hook_that_hangs_does_not_keep_the_others_from_running() {
    let log = Log::default();
    // `session_closed` hooks run in reverse: a witness on either side.
    let app = App::new().component(Hanging(log.clone())).component(Witness(log.clone()));
    let app = TestApp::start(app.handler_timeout(Duration::from_secs(2))).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "hanging.bind", "").await;
    assert_eq!(client.message().await.id, 1);
    log.reached("bound seen").await;
    drop(client);
    log.reached("closed hangs").await;
    assert_eq!(log.entries(), ["opened seen", "bound seen", "closed seen", "closed hangs"]);
    drop(app);

    let log = Log::default();
    let app = App::new().component(Witness(log.clone())).component(Hanging(log.clone()));
    let app = TestApp::start(app.handler_timeout(Duration::from_secs(2))).await;
    let mut client = app.raw();
    client.open().await;
    log.reached("opened seen").await;
    drop(client);
    log.reached("closed seen").await;
    assert_eq!(log.entries(), ["opened seen", "closed hangs", "closed seen"]);
}

#[derive(Default)]
struct Clockwork {
    log: Log,
    runs: u32,
}

#[component]
impl Clockwork {
    #[every("1s")]
    fn tick(&mut self) {
        self.runs += 1;
        self.log.add("tick");
        panic!("a timer panics");
    }

    #[every("1s")]
    async fn tock(&self) -> Result<()> {
        self.log.add("tock");
        tokio::task::yield_now().await;
        panic!("a timer panics later");
    }

    #[every("1s")]
    fn fail(&self) -> Result<()> {
        self.log.add("fail");
        Err(nano::Error::internal("a timer fails"))
    }

    #[on(init)]
    fn init(&mut self, ctx: &Context<Self>) {
        ctx.after(Duration::from_millis(500), |clock| {
            clock.log.add("after");
            panic!("a delayed body panics");
        });
        ctx.every(Duration::from_secs(1), |clock| {
            clock.log.add("every");
            panic!("a repeated body panics");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_panic_in_a_timer_costs_that_run_only() {
    let log = Log::default();
    let clock = Clockwork { log: log.clone(), runs: 0 };
    let app = TestApp::start(App::new().component(clock)).await;
    let handle = app.server().component::<Clockwork>().expect("a component");
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert_eq!(handle.call(|clock| clock.runs).await.ok(), Some(3));
    for (entry, times) in [("tick", 3), ("tock", 3), ("fail", 3), ("every", 3), ("after", 1)] {
        assert_eq!(log.count(entry), times, "{entry}");
    }
    in_time("the end", app.shutdown()).await;
}

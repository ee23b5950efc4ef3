//! Promise 3: a panic costs the call in which it happens, and nothing else.

mod hooks;

use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Group, Result, Session, component};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::support::{code_of, in_time};

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

/// The handlers that panic, the codes of their answers, and the changes that they make to the state before.
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
        // The component goes on with the state that the panic left, for all sessions.
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
    let causes = format!("{error:?}");
    assert_eq!(causes, "internal error: the call panicked: a call panics (Internal)");
    assert_eq!(in_time("the state", handle.call(|mine| mine.state)).await.ok(), Some(1));
}

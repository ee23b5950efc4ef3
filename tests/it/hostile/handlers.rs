//! Handlers that fail: each request gets one reply, and the component goes on.

use nano::client::{Client, Dialect};
use nano::testing::RawClient;
use nano::{App, Error, ErrorKind, Reply, Result, Session, component};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use tokio::task::yield_now;
use tokio::time::{Duration, Instant};

use super::Scene;

#[derive(Default)]
struct Faulty {
    calls: u32,
}

struct Bomb;

impl Serialize for Bomb {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("the value cannot be written")
    }
}

impl<'de> Deserialize<'de> for Bomb {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("the value cannot be read")
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("this one panics in its drop")
    }
}

#[component]
impl Faulty {
    #[handler]
    fn count(&mut self) -> u32 {
        self.calls += 1;
        self.calls
    }

    #[handler]
    fn refuse(&self) -> Result<u32> {
        Err(Error::reject("room_full", "the room holds 8 players"))
    }

    #[handler]
    fn fail(&self) -> Result<u32> {
        Err(Error::internal("the password of the database is hunter2"))
    }

    #[handler]
    fn panic_sync(&self) -> u32 {
        panic!("the password of the database is hunter2")
    }

    #[handler]
    fn panic_exclusive(&mut self) -> u32 {
        self.calls += 1;
        panic!("the password of the database is hunter2")
    }

    #[handler]
    async fn panic_before_await(&self) -> u32 {
        let fuse = true;
        assert!(!fuse, "the password of the database is hunter2");
        yield_now().await;
        0
    }

    #[handler]
    async fn panic_after_await(&mut self) -> u32 {
        yield_now().await;
        panic!("the password of the database is hunter2")
    }

    #[handler]
    fn panic_in_decoder(&self, _bomb: Bomb) -> u32 {
        0
    }

    #[handler]
    fn panic_in_encoder(&self) -> Bomb {
        Bomb
    }

    #[handler]
    async fn panic_in_encoder_later(&self) -> Bomb {
        yield_now().await;
        Bomb
    }

    #[handler]
    fn panic_in_encoder_of_reply(&self, reply: Reply<Bomb>) {
        reply.send(Bomb);
    }

    #[handler]
    fn panic_payload(&self) -> u32 {
        std::panic::panic_any(PanicsWhenDropped)
    }

    #[handler]
    fn panic_with_reply(&self, reply: Reply<u32>) {
        let _held = reply;
        panic!("the password of the database is hunter2")
    }

    #[handler]
    fn too_large(&self) -> String {
        "x".repeat(65_536)
    }

    #[handler]
    async fn hang(&mut self) -> u32 {
        std::future::pending().await
    }

    #[handler(concurrent)]
    async fn hang_concurrently(&self) -> u32 {
        std::future::pending().await
    }

    #[handler]
    fn leak(&self, reply: Reply<u32>) {
        std::mem::forget(reply);
    }

    #[handler]
    fn forget(&self, reply: Reply<u32>) {
        drop(reply);
    }

    #[handler]
    fn forget_in_task(&self, reply: Reply<u32>) {
        tokio::spawn(async move {
            yield_now().await;
            drop(reply);
        });
    }

    #[handler]
    fn push_bomb(&self, session: &Session) -> Result<u32> {
        session.push("onBomb", &Bomb)?;
        Ok(0)
    }
}

async fn scene() -> Scene {
    Scene::of(App::new().component(Faulty::default())).await
}

/// Returns the answer to one request, and checks that the component answers the next one, too.
async fn answer(client: &mut RawClient, id: u64, route: &str) -> Value {
    client.request(id, route, "null").await;
    client.request(id + 1, "faulty.count", "").await;
    let reply = client.message().await;
    assert_eq!(reply.id, id, "the first reply is the first request's");
    let next = client.message().await;
    assert_eq!(next.id, id + 1, "one reply, and not another");
    assert!(next.json().is_u64(), "the component goes on after {route}");
    reply.json()
}

fn error(code: &str, text: &str) -> Value {
    json!({ "code": 500, "error": { "code": code, "msg": text } })
}

#[tokio::test(start_paused = true)]
async fn a_rejection_reaches_the_client_word_for_word() {
    let scene = scene().await;
    let mut client = scene.player().await;
    let rejected = error("room_full", "the room holds 8 players");
    assert_eq!(answer(&mut client, 10, "faulty.refuse").await, rejected);

    let client = scene.app.connect_with(Client::builder().dialect(Dialect::Pitaya)).await;
    let refused = client.request::<_, u32>("faulty.refuse", &()).await.expect_err("refused");
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rejected, Some("room_full")));
    assert_eq!(refused.message(), "the room holds 8 players");
}

/// Every failure but a rejection tells the client nothing of its cause.
#[tokio::test(start_paused = true)]
async fn trap_12_every_failure_is_answered_without_its_detail() {
    let scene = scene().await;
    let mut client = scene.player().await;
    for (id, route) in (100..).step_by(2).zip([
        "faulty.fail",
        "faulty.panic_sync",
        "faulty.panic_exclusive",
        "faulty.panic_before_await",
        "faulty.panic_after_await",
        "faulty.panic_in_decoder",
        "faulty.panic_in_encoder",
        "faulty.panic_in_encoder_later",
        "faulty.panic_in_encoder_of_reply",
        "faulty.panic_payload",
        "faulty.panic_with_reply",
        "faulty.too_large",
        "faulty.push_bomb",
    ]) {
        let told = answer(&mut client, id, route).await;
        assert_eq!(told, error("internal", "internal error"), "{route}");
        scene.is_served().await;
    }
}

#[tokio::test(start_paused = true)]
async fn failures_of_notifies_are_silent() {
    let mut scene = scene().await;
    let mut client = scene.player().await;
    for route in
        ["faulty.fail", "faulty.panic_sync", "faulty.panic_after_await", "faulty.panic_with_reply"]
    {
        client.notify(route, "null").await;
    }
    client.request(9, "faulty.count", "").await;
    assert_eq!(client.message().await.id, 9);
    scene.is_served().await;
    scene.no_other_end();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_reply_is_answered() {
    let scene = scene().await;
    let mut client = scene.player().await;
    let told = error("no_reply", "the request was not answered");
    assert_eq!(answer(&mut client, 10, "faulty.forget").await, told);
    client.request(20, "faulty.forget_in_task", "").await;
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (20, told));
    scene.is_served().await;
}

/// A handler that never ends, and one that loses its reply, are answered within the timeout.
#[tokio::test(start_paused = true)]
async fn a_handler_that_never_replies_times_out() {
    const LIMIT: Duration = Duration::from_secs(5);
    let app = App::new().component(Faulty::default()).handler_timeout(LIMIT);
    let scene = Scene::of(app).await;
    let mut client = scene.player().await;
    for (id, route) in
        (10..).step_by(2).zip(["faulty.hang", "faulty.hang_concurrently", "faulty.leak"])
    {
        let asked = Instant::now();
        client.request(id, route, "").await;
        let reply = client.message().await;
        assert_eq!((reply.id, reply.json()), (id, error("timeout", "the request took too long")));
        let took = asked.elapsed();
        let late = LIMIT + Duration::from_millis(500);
        assert!((LIMIT - Duration::from_millis(250)..late).contains(&took), "{route}: {took:?}");
        // The handler no longer holds anything.
        client.request(id + 1, "faulty.count", "").await;
        assert_eq!(client.message().await.id, id + 1);
        scene.is_served().await;
    }
}

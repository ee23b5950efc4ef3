//! Messages that break the policy of their route, and those that keep to it.

use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, Error, Reply, Result, Session, component};
use serde_json::{Value, json};

use crate::promises::support::{Log, Logged, code_of};

#[derive(Clone)]
struct Player;

/// An error of the application's own.
struct Banned;

impl From<Banned> for Error {
    fn from(_: Banned) -> Self {
        Self::reject("banned", "not you")
    }
}

async fn not_banned(session: &Session, route: &str) -> Result<(), Banned> {
    tokio::task::yield_now().await;
    match session.get::<String>() {
        Some(banned) if banned == route => Err(Banned),
        _ => Ok(()),
    }
}

async fn never(_session: &Session) -> Result<()> {
    std::future::pending().await
}

fn panics(_session: &Session) -> Result<()> {
    panic!("a guard panics");
}

#[derive(Default)]
struct Game {
    log: Log,
}

impl Game {
    fn has_player(session: &Session) -> Result<()> {
        if session.has::<Player>() { Ok(()) } else { Err(Error::reject("no_player", "choose one")) }
    }
}

#[component]
impl Game {
    #[handler(guest)]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await
    }

    #[handler]
    fn choose(&self, session: &Session) -> Result<()> {
        session.insert(Player);
        Ok(())
    }

    #[handler(before = Self::has_player)]
    fn play(&mut self, card: u32) -> u32 {
        self.log.add("played");
        card
    }

    #[handler]
    fn ban(&self, session: &Session, route: String) {
        session.insert(route);
    }

    #[handler(before = not_banned)]
    async fn say(&mut self, text: String) -> String {
        text
    }

    #[handler(before = not_banned)]
    fn later(&self, number: u32, reply: Reply<u32>) {
        tokio::spawn(async move { reply.send(number) });
    }

    #[handler(before = never, timeout = "2s")]
    fn unasked(&self) -> Result<()> {
        Ok(())
    }

    #[handler(before = panics)]
    fn unreached(&self) -> Result<()> {
        Ok(())
    }

    #[handler(rate = "2/s", max_body = "8B")]
    fn fast(&self, text: String) {
        self.log.add(text);
    }

    #[handler(rate = "1/m burst 3")]
    fn slow(&self) {}

    #[handler(timeout = "500ms")]
    async fn brief(&self) -> Result<()> {
        std::future::pending().await
    }

    #[handler(timeout = "9s")]
    async fn long(&self) -> u32 {
        tokio::time::sleep(Duration::from_secs(8)).await;
        7
    }

    #[handler(timeout = "500ms")]
    fn owed(&self, reply: Reply<u32>) {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(60)).await;
            reply.send(1);
        });
    }
}

/// Sends a request and returns its reply: the value, or the code of the error.
async fn ask(client: &mut RawClient, id: u64, route: &str, body: impl Into<Value>) -> Value {
    client.request(id, route, body.into().to_string()).await;
    let reply = client.message().await;
    assert_eq!(reply.id, id);
    let body = reply.json();
    if body.get("error").is_some() { code_of(&body).into() } else { body }
}

async fn opened(app: &TestApp) -> RawClient {
    let mut client = app.raw();
    client.open().await;
    client
}

#[tokio::test]
async fn only_guest_routes_are_reached_before_bind() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = TestApp::start(App::new().require_bind().component(Game::default())).await;
    let mut client = opened(&app).await;
    assert_eq!(ask(&mut client, 1, "game.choose", Value::Null).await, "not_bound");
    // Nothing else is told of a route before the session has a user.
    assert_eq!(ask(&mut client, 2, "game.fast", "far too long").await, "not_bound");
    assert_eq!(ask(&mut client, 3, "game.play", "no number").await, "not_bound");
    client.notify("game.fast", "\"x\"").await;
    assert_eq!(ask(&mut client, 4, "game.none", Value::Null).await, "not_found");
    let [line] = &logged.of("WARN")[..] else { panic!("{:?}", logged.of("WARN")) };
    assert!(
        line.starts_with("message=a message is refused: its session is bound to no user")
            && line.ends_with("route=\"game.choose\""),
        "{line}"
    );

    assert_eq!(ask(&mut client, 5, "game.login", 7).await, json!({}));
    assert_eq!(ask(&mut client, 6, "game.choose", Value::Null).await, json!({}));
    assert_eq!(ask(&mut client, 7, "game.play", 3).await, 3);
    // Another session is another guest.
    assert_eq!(ask(&mut opened(&app).await, 1, "game.choose", Value::Null).await, "not_bound");
}

#[tokio::test(start_paused = true)]
async fn a_rate_counts_for_one_session_and_one_route() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let game = Game::default();
    let log = game.log.clone();
    let app = TestApp::start(App::new().component(game)).await;
    let (mut one, mut two) = (opened(&app).await, opened(&app).await);
    for id in [1, 2] {
        assert_eq!(ask(&mut one, id, "game.fast", "a").await, json!({}));
    }
    assert_eq!(ask(&mut one, 3, "game.fast", "b").await, "rate_limited");
    one.notify("game.fast", "\"b\"").await;
    // Neither the other route nor the other session has used its share.
    assert_eq!(ask(&mut one, 4, "game.slow", Value::Null).await, json!({}));
    assert_eq!(ask(&mut two, 1, "game.fast", "c").await, json!({}));
    let [line] = &logged.of("WARN")[..] else { panic!("{:?}", logged.of("WARN")) };
    assert!(line.contains("its session sends too many") && line.contains("rate=2/s"), "{line}");

    tokio::time::advance(Duration::from_millis(499)).await;
    assert_eq!(ask(&mut one, 5, "game.fast", "b").await, "rate_limited");
    tokio::time::advance(Duration::from_millis(2)).await;
    assert_eq!(ask(&mut one, 6, "game.fast", "d").await, json!({}));
    assert_eq!(ask(&mut one, 7, "game.fast", "b").await, "rate_limited");
    assert_eq!(log.entries(), ["a", "a", "c", "d"]);

    for (id, expected) in [(8, json!({})), (9, json!({})), (10, json!("rate_limited"))] {
        assert_eq!(ask(&mut one, id, "game.slow", Value::Null).await, expected);
    }
}

#[tokio::test]
async fn a_body_is_measured_before_it_is_decoded() {
    let app = TestApp::start(App::new().component(Game::default())).await;
    let mut client = opened(&app).await;
    // Eight bytes with the quotes.
    assert_eq!(ask(&mut client, 1, "game.fast", "123456").await, json!({}));
    client.request(2, "game.fast", "no json at all").await;
    let reply = client.message().await.json();
    assert_eq!(code_of(&reply), "too_large");
    assert_eq!(reply["error"]["msg"], "`game.fast` takes 8 bytes, and got 14");
    // The rate comes first: a client is told to wait, not to shorten.
    assert_eq!(ask(&mut client, 3, "game.fast", "1234567").await, "rate_limited");
}

#[tokio::test(start_paused = true)]
async fn a_guard_answers_for_its_handler() {
    let game = Game::default();
    let log = game.log.clone();
    let app = TestApp::start(App::new().component(game)).await;
    let mut client = opened(&app).await;
    assert_eq!(ask(&mut client, 1, "game.play", 3).await, "no_player");
    assert_eq!(ask(&mut client, 2, "game.play", "x").await, "bad_request");
    assert_eq!(log.entries(), Vec::<String>::new());
    ask(&mut client, 3, "game.choose", Value::Null).await;
    assert_eq!(ask(&mut client, 4, "game.play", 3).await, 3);

    // One that waits, which sees the route, and has an error of its own.
    assert_eq!(ask(&mut client, 5, "game.say", "hi").await, "hi");
    assert_eq!(ask(&mut client, 6, "game.later", 9).await, 9);
    ask(&mut client, 7, "game.ban", "game.later").await;
    assert_eq!(ask(&mut client, 8, "game.say", "hi").await, "hi");
    assert_eq!(ask(&mut client, 9, "game.later", 9).await, "banned");

    // The deadline of the handler is that of its guard, and a panic costs the call.
    assert_eq!(ask(&mut client, 10, "game.unasked", Value::Null).await, "timeout");
    assert_eq!(ask(&mut client, 11, "game.unreached", Value::Null).await, "internal");
    assert_eq!(ask(&mut client, 12, "game.say", "hi").await, "hi");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_shorter_or_longer_than_that_of_the_app() {
    let app = App::new().handler_timeout(Duration::from_secs(2)).component(Game::default());
    let app = TestApp::start(app).await;
    let mut client = opened(&app).await;
    let mut at = tokio::time::Instant::now();
    let mut within = |from: u64, to: u64| {
        let took = at.elapsed().as_millis() as u64;
        assert!((from..to).contains(&took), "{took} ms, expected {from} to {to}");
        at = tokio::time::Instant::now();
    };
    assert_eq!(ask(&mut client, 1, "game.brief", Value::Null).await, "timeout");
    within(500, 600);
    assert_eq!(ask(&mut client, 2, "game.long", Value::Null).await, 7);
    within(8000, 8100);
    // The coarse clock looks after late replies.
    assert_eq!(ask(&mut client, 3, "game.owed", Value::Null).await, "timeout");
    within(500, 1500);
}

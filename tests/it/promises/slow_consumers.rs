//! Promise 4: clients that read more slowly than they are sent to, by the classes of pushes and the policy of the app.

use std::cell::Cell;
use std::collections::BTreeMap;

use nano::codec::MessageKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Group, Push, Result, Session, SlowConsumers, component, push};
use serde::{Serialize, Serializer};

use super::support::Logged;

/// Players whose positions everybody sees.
const PLAYERS: u32 = 5;

/// Messages are as long as this, so that a few fill what is between the server and a client that does not read.
const PADDING: usize = 4000;

thread_local! {
    static ENCODED: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often it is encoded.
struct Counted(String);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ENCODED.set(ENCODED.get() + 1);
        self.0.serialize(serializer)
    }
}

#[push]
trait FieldPush {
    #[push(name = "onMove", class = latest, key = "0")]
    fn moved(position: (u32, u32, Counted));

    #[push(name = "onSay")]
    fn said(number: (u32, Counted));

    #[push(name = "onSpark", class = lossy)]
    fn sparkled(number: (u32, Counted));
}

#[derive(Default)]
struct Field {
    everybody: Group,
}

#[component]
impl Field {
    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.everybody.add(session)
    }

    /// Moves each player to the position `step`.
    #[handler]
    fn step(&self, step: u32) -> Result<()> {
        let to = FieldPush::to(&self.everybody);
        (0..PLAYERS).try_for_each(|player| to.moved(&(player, step, padding())))
    }

    #[handler]
    fn say(&self, number: u32) -> Result<()> {
        FieldPush::to(&self.everybody).said(&(number, padding()))
    }

    #[handler]
    fn sparkle(&self, number: u32) -> Result<()> {
        FieldPush::to(&self.everybody).sparkled(&(number, padding()))
    }

    /// Returns the number of pushes that each has lost.
    #[handler]
    fn lost(&self) -> Vec<u64> {
        self.everybody.members().iter().map(Session::dropped_pushes).collect()
    }

    #[handler]
    fn echo(&self, number: u32) -> u32 {
        number
    }
}

fn padding() -> Counted {
    Counted("x".repeat(PADDING))
}

/// An app in which one client does not read, and another one makes it send.
struct Scene {
    _app: TestApp,
    slow: RawClient,
    driver: RawClient,
    id: u64,
}

impl Scene {
    async fn start(app: App) -> Self {
        let app = app.component(Field::default()).outbound_limit(100_000);
        let app = TestApp::start(app).await;
        let (mut slow, mut driver) = (app.raw(), app.raw());
        slow.open().await;
        slow.request(1, "field.enter", "").await;
        assert_eq!(slow.message().await.id, 1);
        driver.open().await;
        Self { _app: app, slow, driver, id: 0 }
    }

    async fn drive(&mut self, route: &str, number: u32) -> serde_json::Value {
        self.id += 1;
        self.driver.request(self.id, route, number.to_string()).await;
        let reply = self.driver.message().await;
        assert_eq!((reply.kind, reply.id), (MessageKind::Response, self.id));
        reply.json()
    }

    /// Reads with the slow client up to the answer of a request, and returns the numbers of each route's pushes.
    async fn read(&mut self) -> BTreeMap<String, Vec<Vec<u32>>> {
        self.slow.request(2, "field.echo", "7").await;
        let mut pushes: BTreeMap<String, Vec<Vec<u32>>> = BTreeMap::new();
        loop {
            let message = self.slow.message().await;
            if message.kind == MessageKind::Response {
                assert_eq!((message.id, message.json()), (2, 7.into()));
                return pushes;
            }
            let body = message.json();
            let numbers = body.as_array().expect("a tuple").iter();
            let numbers = numbers.filter_map(|number| number.as_u64()?.try_into().ok());
            pushes.entry(message.route).or_default().push(numbers.collect());
        }
    }
}

/// Two minutes of a game at 10 Hz: the client that comes back sees where everybody is.
#[tokio::test(start_paused = true)]
async fn promise_4_a_client_that_is_behind_receives_the_newest_of_each_key() {
    const STEPS: u32 = 1200;
    let mut scene = Scene::start(App::new()).await;
    for step in 0..STEPS {
        scene.drive("field.step", step).await;
        if step % 120 == 0 {
            scene.drive("field.say", step).await;
        }
    }
    let encoded = ENCODED.get();
    assert_eq!(encoded, (STEPS * PLAYERS + STEPS / 120) as usize, "once for all who receive it");
    let pushes = scene.read().await;
    let said: Vec<u32> = pushes["onSay"].iter().map(|numbers| numbers[0]).collect();
    assert_eq!(said, (0..STEPS).step_by(120).collect::<Vec<_>>(), "reliable pushes all arrive");
    let moves = &pushes["onMove"];
    assert!(moves.len() < 60, "{} moves were sent", moves.len());
    for player in 0..PLAYERS {
        let steps = moves.iter().filter(|numbers| numbers[0] == player).map(|numbers| numbers[1]);
        let steps: Vec<u32> = steps.collect();
        assert_eq!(steps.last(), Some(&(STEPS - 1)), "the newest arrives");
        assert!(steps.is_sorted_by(|one, next| one < next), "{steps:?}");
    }
    assert_eq!(scene.drive("field.lost", 0).await, serde_json::json!([0]), "nothing was dropped");
}

#[tokio::test(start_paused = true)]
async fn promise_4_lossy_pushes_are_dropped_counted_and_logged() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let mut scene = Scene::start(App::new()).await;
    for number in 0..100 {
        scene.drive("field.sparkle", number).await;
    }
    let lost = scene.drive("field.lost", 0).await[0].as_u64().expect("a count");
    let pushes = scene.read().await;
    let came = pushes["onSpark"].len() as u64;
    assert!(lost > 20 && came + lost == 100, "{came} came, {lost} were dropped");
    let lines = logged.of("WARN");
    let line = "message=pushes to a slow consumer are dropped";
    assert!(lines.len() == 1 && lines[0].starts_with(line), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_4_without_classes_a_slow_consumer_is_closed_or_loses_its_oldest_pushes() {
    let mut scene = Scene::start(App::new()).await;
    for number in 0..100 {
        scene.drive("field.say", number).await;
    }
    assert_eq!(scene.drive("field.lost", 0).await, serde_json::json!([]), "it is closed");

    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let mut scene = Scene::start(App::new().slow_consumers(SlowConsumers::DropOldest)).await;
    for number in 0..100 {
        scene.drive("field.say", number).await;
    }
    let lost = scene.drive("field.lost", 0).await[0].as_u64().expect("a count");
    let said: Vec<u32> = scene.read().await["onSay"].iter().map(|numbers| numbers[0]).collect();
    assert!(said.is_sorted() && said.last() == Some(&99), "{said:?}");
    assert!(lost > 20 && said.len() as u64 + lost == 100, "{lost} dropped, {said:?} came");
    assert!(logged.of("WARN").iter().all(|line| line.contains("pushes to a slow consumer")));
}

/// The untyped forms have the same classes.
#[tokio::test(start_paused = true)]
async fn promise_4_untyped_pushes_have_classes() {
    struct Desk;

    #[component]
    impl Desk {
        #[handler]
        fn fill(&self, session: &Session) -> Result<()> {
            let padding = "x".repeat(PADDING);
            for step in 0..100_u32 {
                session.push(Push::latest("onScore"), &(step, &padding))?;
                session.push(Push::latest_of("onMove", "ann"), &(step, &padding))?;
                session.push(Push::latest_of("onMove", &7), &(step, &padding))?;
                session.push_bytes(Push::lossy("onSpark"), padding.as_bytes())?;
                session.push(Push::reliable("onSay"), &step)?;
            }
            Ok(())
        }
    }

    let app = TestApp::start(App::new().component(Desk).outbound_limit(100_000)).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "desk.fill", "").await;
    let (mut counts, mut last) = (BTreeMap::<String, usize>::new(), BTreeMap::new());
    loop {
        let message = client.message().await;
        if message.kind == MessageKind::Response {
            break;
        }
        *counts.entry(message.route.clone()).or_default() += 1;
        if message.route != "onSpark" {
            let body = message.json();
            last.insert(message.route, body.get(0).unwrap_or(&body).clone());
        }
    }
    assert_eq!(counts["onSay"], 100);
    assert!(counts["onScore"] < 50 && counts["onMove"] < 100 && counts["onSpark"] < 50);
    assert!(last.values().all(|step| *step == 99), "{last:?}");
}

//! Tests of the pond, with visitors in the test's own process.

use std::time::Duration;

use nano::Protobuf;
use nano::client::Client;
use nano::testing::{self, TestApp};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use super::proto::Move;
use super::*;

/// One visitor: its typed caller, and the pushes that it hears.
struct Visitor {
    client: Client<Protobuf>,
    pond: PondClient<Client<Protobuf>>,
    heard: Receiver<Heard>,
}

#[derive(Debug, PartialEq)]
enum Heard {
    Entered(Tadpole),
    Moved(Vec<Move>),
    Said(u32, String),
    Left(u32),
}

async fn visit(app: &TestApp) -> Visitor {
    let (sender, heard) = channel(64);
    let tell = move || {
        let sender = sender.clone();
        move |heard| sender.try_send(heard).expect("room for what is heard")
    };
    let (entered, moved, said, left) = (tell(), tell(), tell(), tell());
    let builder = Client::builder().serializer(Protobuf);
    PondPush::on(&builder)
        .tadpole_entered(move |tadpole| entered(Heard::Entered(tadpole)))
        .tadpoles_moved(move |Moves { moves }| moved(Heard::Moved(moves)))
        .tadpole_said(move |Words { id, text }| said(Heard::Said(id, text)))
        .tadpole_left(move |Farewell { id }| left(Heard::Left(id)));
    let client = app.connect_with(builder).await;
    let pond = PondClient::new(&client);
    Visitor { client, pond, heard }
}

impl Visitor {
    async fn enter(&self, name: &str) -> Result<Welcome> {
        self.pond.enter(&Enter { name: name.to_owned(), hue: 400 }).await
    }

    async fn say(&self, text: &str) -> Result<()> {
        self.pond.say(&Say { text: text.to_owned() }).await
    }

    async fn hears(&mut self) -> Heard {
        timeout(Duration::from_secs(60), self.heard.recv())
            .await
            .expect("something to hear")
            .expect("a connection")
    }

    /// Waits long enough for several ticks, in paused time, and returns `true` if no push came.
    async fn hears_nothing(&mut self) -> bool {
        timeout(Duration::from_secs(1), self.heard.recv()).await.is_err()
    }

    fn quiet(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}

fn code(result: Result<impl std::fmt::Debug>) -> String {
    let error = result.expect_err("a rejection");
    error.code().unwrap_or_default().to_owned()
}

async fn start() -> TestApp {
    TestApp::start(crate::app()).await
}

#[test]
fn the_build_script_saw_every_route() {
    testing::assert_routes(&crate::app());
}

#[tokio::test(start_paused = true)]
async fn who_enters_is_told_who_is_there_and_the_others_of_it() {
    let app = start().await;
    let (mut ann, mut bob) = (visit(&app).await, visit(&app).await);
    let first = ann.enter("  Ann ").await.unwrap();
    assert_eq!((first.id, first.radius, first.speed), (1, RADIUS, SPEED));
    let [own] = &first.tadpoles[..] else { panic!("one tadpole, not {:?}", first.tadpoles) };
    assert_eq!((own.id, own.name.as_str(), own.hue), (1, "Ann", 40));

    let second = bob.enter("Bob").await.unwrap();
    assert_eq!(second.id, 2);
    let names: Vec<_> = second.tadpoles.iter().map(|tadpole| tadpole.name.as_str()).collect();
    assert_eq!(names, ["Ann", "Bob"]);
    assert_eq!(ann.hears().await, Heard::Entered(second.tadpoles[1].clone()));
    assert!(ann.hears_nothing().await);
    assert!(bob.quiet(), "a visitor does not hear of its own entrance");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_enter_is_told_why() {
    let app = start().await;
    let ann = visit(&app).await;
    assert_eq!(code(ann.enter("").await), "bad_name");
    assert_eq!(code(ann.enter(&"x".repeat(21)).await), "bad_name");
    ann.enter("Ann").await.unwrap();
    assert_eq!(code(ann.enter("Ann").await), "already_entered");
}

#[tokio::test(start_paused = true)]
async fn the_pond_has_room_for_so_many_and_again_when_one_leaves() {
    let app = start().await;
    let mut visitors = Vec::new();
    for number in 0..CAPACITY {
        let client = app.connect_with(Client::builder().serializer(Protobuf)).await;
        let pond = PondClient::new(&client);
        pond.enter(&Enter { name: number.to_string(), hue: 0 }).await.unwrap();
        visitors.push(client);
    }
    let late = visit(&app).await;
    assert_eq!(code(late.enter("late").await), "pond_full");
    visitors.pop().unwrap().close().await;
    // The end of a connection is seen by the server in its own time.
    let welcome = loop {
        match late.enter("late").await {
            Ok(welcome) => break welcome,
            Err(error) => assert_eq!(error.code(), Some("pond_full")),
        }
    };
    assert_eq!(welcome.tadpoles.len(), CAPACITY);
}

#[tokio::test(start_paused = true)]
async fn a_move_is_seen_by_the_others_and_not_by_the_only_mover() {
    let app = start().await;
    let (mut ann, mut bob) = (visit(&app).await, visit(&app).await);
    let from = ann.enter("Ann").await.unwrap().tadpoles[0].position.unwrap();
    bob.enter("Bob").await.unwrap();
    assert!(matches!(ann.hears().await, Heard::Entered(_)));

    let to = Position { x: from.x + 30.0, y: from.y - 10.0, angle: 1.5, momentum: 120.0 };
    ann.pond.swim(&to).await.unwrap();
    assert_eq!(bob.hears().await, Heard::Moved(vec![Move { id: 1, position: Some(to) }]));
    assert!(bob.hears_nothing().await, "a tadpole that rests costs nothing");
    assert!(ann.quiet());
}

#[tokio::test(start_paused = true)]
async fn what_moves_between_two_ticks_comes_in_one_message() {
    let app = start().await;
    let (mut ann, mut bob) = (visit(&app).await, visit(&app).await);
    ann.enter("Ann").await.unwrap();
    bob.enter("Bob").await.unwrap();
    let mut last = Vec::new();
    for visitor in [&ann, &bob] {
        for step in 1..=5_u8 {
            let to = Position { x: f32::from(step), ..Position::default() };
            visitor.pond.swim(&to).await.unwrap();
            last.push(to);
        }
    }
    // A request is answered after what was sent before it: both swims have come.
    ann.say("go").await.unwrap();
    bob.say("go").await.unwrap();
    let mut moved = Vec::new();
    while moved.is_empty() {
        if let Heard::Moved(moves) = ann.hears().await {
            moved = moves;
        }
    }
    assert_eq!(moved.iter().map(|step| step.id).collect::<Vec<_>>(), [1, 2]);
    assert!(ann.hears_nothing().await);
    while !matches!(bob.hears().await, Heard::Moved(_)) {}
    assert!(bob.quiet());
}

#[tokio::test(start_paused = true)]
async fn an_impossible_position_is_ignored_and_a_leap_is_cut() {
    let app = start().await;
    let (ann, mut bob) = (visit(&app).await, visit(&app).await);
    ann.enter("Ann").await.unwrap();
    bob.enter("Bob").await.unwrap();
    let nowhere = Position { x: f32::NAN, ..Position::default() };
    ann.pond.swim(&nowhere).await.unwrap();
    assert!(bob.hears_nothing().await);

    let far = Position { x: 1e6, ..Position::default() };
    ann.pond.swim(&far).await.unwrap();
    let Heard::Moved(moves) = bob.hears().await else { panic!("a move") };
    let reached = moves[0].position.unwrap();
    assert!(reached.x > 100.0 && reached.x.hypot(reached.y) < RADIUS, "{reached:?}");
}

#[tokio::test(start_paused = true)]
async fn who_has_not_entered_moves_nobody_and_is_not_heard() {
    let app = start().await;
    let (stranger, mut ann) = (visit(&app).await, visit(&app).await);
    ann.enter("Ann").await.unwrap();
    stranger.pond.swim(&Position { x: 5.0, ..Position::default() }).await.unwrap();
    assert_eq!(code(stranger.say("hello").await), "not_entered");
    assert!(ann.hears_nothing().await);
}

#[tokio::test(start_paused = true)]
async fn words_reach_everybody_within_limits() {
    let app = start().await;
    let (mut ann, mut bob) = (visit(&app).await, visit(&app).await);
    ann.enter("Ann").await.unwrap();
    bob.enter("Bob").await.unwrap();
    assert!(matches!(ann.hears().await, Heard::Entered(_)));

    ann.say(" hello\n Bob ").await.unwrap();
    let hello = || Heard::Said(1, "hello Bob".to_owned());
    assert_eq!(bob.hears().await, hello());
    assert_eq!(ann.hears().await, hello());

    assert_eq!(code(ann.say(" ").await), "empty");
    assert_eq!(code(ann.say(&"x".repeat(141)).await), "too_long");
    assert_eq!(code(ann.say("again").await), "too_often");
    bob.say("I can").await.unwrap();
    assert_eq!(bob.hears().await, Heard::Said(2, "I can".to_owned()));
    tokio::time::advance(Duration::from_secs(2)).await;
    ann.say("and I again").await.unwrap();
    assert_eq!(bob.hears().await, Heard::Said(1, "and I again".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn who_leaves_or_is_lost_is_gone_for_the_others() {
    let app = start().await;
    let (mut ann, bob, cleo) = (visit(&app).await, visit(&app).await, visit(&app).await);
    ann.enter("Ann").await.unwrap();
    bob.enter("Bob").await.unwrap();
    assert!(matches!(ann.hears().await, Heard::Entered(_)));
    bob.client.close().await;
    assert_eq!(ann.hears().await, Heard::Left(2));
    cleo.client.close().await;
    assert!(ann.hears_nothing().await, "who never entered does not leave");
    let again = visit(&app).await;
    assert_eq!(again.enter("Bob").await.unwrap().tadpoles.len(), 2);
}

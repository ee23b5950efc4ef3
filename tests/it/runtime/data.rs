//! Values of the session as parameters, and handlers whose callers do not wait.

use nano::component::RouteKind;
use nano::testing::TestApp;
use nano::{App, Data, Error, Result, ResultExt, Session, component};

#[derive(Clone)]
struct Player {
    name: String,
}

struct Game;

#[component]
impl Game {
    #[handler]
    fn login(&self, session: &Session, name: String) {
        session.insert(Player { name });
    }

    #[handler]
    fn name(&self, player: Data<Player>) -> String {
        player.name.clone()
    }

    #[handler]
    async fn greet(&self, greeting: String, Data(player): Data<Player>) -> Result<String> {
        tokio::task::yield_now().await;
        Ok(format!("{greeting} {}", player.name))
    }

    #[handler]
    fn seats(&self, seats: Data<Vec<Option<Player>>>) -> usize {
        seats.len()
    }

    #[handler(notify)]
    fn step(&self, steps: u32) -> Result<()> {
        match steps {
            0..10 => Ok(()),
            _ => Err(Error::reject("too_far", "ten steps at most")),
        }
    }

    #[handler]
    fn parse(&self, text: String) -> Result<u32> {
        text.parse().internal()
    }
}

#[tokio::test]
async fn a_handler_is_given_what_is_stored_with_its_session() {
    let app = TestApp::start(App::new().component(Game)).await;
    let client = app.connect().await;
    let game = GameClient::new(&client);
    for error in [
        game.name().await.expect_err("nobody has logged in"),
        game.greet(&"hello".to_owned()).await.expect_err("nobody has logged in"),
    ] {
        assert_eq!(error.to_string(), "no_data: the session has no Player");
    }
    let error = game.seats().await.expect_err("there are none");
    assert_eq!(error.message(), "the session has no Vec<Option<Player>>");

    client.request::<_, ()>("game.login", &"ann").await.expect("an empty reply");
    assert_eq!(game.name().await.expect("a name"), "ann");
    assert_eq!(game.greet(&"hello".to_owned()).await.expect("a greeting"), "hello ann");
}

#[tokio::test]
async fn callers_do_not_wait_for_a_notify_and_requests_are_answered_nevertheless() {
    let app = TestApp::start(App::new().component(Game)).await;
    let step = app.server().routes().find(|route| route.name() == "game.step");
    assert_eq!(step.map(|route| route.kind()), Some(RouteKind::Notify));
    let client = app.connect().await;
    // The request is sent, and its error goes to the log.
    GameClient::new(&client).step(&100).await.expect("it is sent");
    client.request::<_, ()>("game.step", &1).await.expect("an empty reply");
    let error = client.request::<_, ()>("game.step", &100).await.expect_err("too far");
    assert_eq!(error.code(), Some("too_far"));
}

#[tokio::test]
async fn errors_of_others_become_internal_ones() {
    let app = TestApp::start(App::new().component(Game)).await;
    let client = app.connect().await;
    let game = GameClient::new(&client);
    assert_eq!(game.parse(&"7".to_owned()).await.expect("a number"), 7);
    let error = game.parse(&"seven".to_owned()).await.expect_err("no number");
    assert_eq!(error.code(), Some("internal"));
}

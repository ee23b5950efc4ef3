//! The serialisable data of sessions.

use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Result, Session, component};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::promises::support::Log;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Seat {
    table: String,
    number: u64,
}

struct Cloakroom(Log);

#[component]
impl Cloakroom {
    #[handler]
    fn take(&self, session: &Session, level: u32) -> Result<()> {
        session.data().set("level", &level)
    }

    /// Reads a number as a text.
    #[handler]
    fn misread(&self, session: &Session) -> Result<Option<String>> {
        session.data().get("level")
    }

    #[on(session_closed)]
    fn left(&self, session: &Session) {
        self.0.add(format!("{:?}", session.data().get::<u32>("level").expect("a number")));
    }
}

/// Starts an app with two clients, which are there as long as the first value.
async fn two(app: App) -> ((TestApp, [RawClient; 2]), [Session; 2]) {
    let app = TestApp::start(app).await;
    let mut clients = [app.raw(), app.raw()];
    for client in &mut clients {
        client.open().await;
        // An answer shows that the handshake is complete.
        client.request(1, "nobody.knows", "").await;
        client.message().await;
    }
    let sessions = app.server().everyone().sessions().try_into().expect("two sessions");
    ((app, clients), sessions)
}

#[tokio::test]
async fn values_are_kept_by_key_and_travel_in_a_snapshot() {
    let (_app, [one, other]) = two(App::new()).await;
    let seat = Seat { table: "a \u{1f600}".to_owned(), number: u64::MAX };
    assert_eq!(one.data().get::<Seat>("seat").expect("no error"), None);
    one.data().set("seat", &seat).expect("it fits");
    one.data().set("level", &1).expect("it fits");
    one.data().set("level", &2).expect("it fits");
    assert_eq!(one.data().keys(), ["level", "seat"]);
    assert_eq!((one.data().remove("level"), one.data().remove("level")), (true, false));

    other.data().set("gone", &true).expect("it fits");
    other.data().restore(&one.data().snapshot()).expect("a snapshot");
    assert_eq!(other.data().keys(), ["seat"]);
    assert_eq!(other.data().get("seat").expect("a seat"), Some(seat));
    assert_eq!(one.get::<u32>(), None, "the typed store is another one");

    let error = other.data().restore(br#"{"version":9}"#).expect_err("another release");
    assert!(error.message().contains("has version 9"), "{error}");
    assert_eq!(other.data().keys(), ["seat"], "what was there stays");
    let error = one.data().set("share", &f64::NAN).expect_err("no number");
    assert_eq!(error.kind(), ErrorKind::Encode);
    assert!(format!("{error:?}").contains("NaN"), "{error:?}");
    // Values may be secret.
    assert_eq!(format!("{:?}", other.data()), r#"SessionData { keys: ["seat"], .. }"#);
}

#[tokio::test]
async fn data_is_bounded() {
    let (_app, [one, other]) = two(App::new().session_data_limit(20)).await;
    one.data().set("a", &"0123456789").expect("13 bytes");
    let error = one.data().set("b", &"0123456789").expect_err("26 bytes");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.message(),
        "the data of the session with `b` takes 26 bytes, and 20 are allowed \
         (App::session_data_limit)"
    );
    assert_eq!(one.data().keys(), ["a"]);
    let large = br#"{"version":1,"values":{"a":"0123456789","b":"0123456789"}}"#;
    assert_eq!(other.data().restore(large).expect_err("26").kind(), ErrorKind::TooLarge);

    let (_app, [one, _]) = two(App::new()).await;
    one.data().set("a", &"x".repeat(16 * 1024 - 3)).expect("16 KiB by default");
    assert!(one.data().set("a", &"x".repeat(16 * 1024 - 2)).is_err());
}

#[tokio::test]
async fn a_value_of_another_type_is_the_server_s_fault_and_hooks_see_the_data() {
    let log = Log::default();
    let app = TestApp::start(App::new().component(Cloakroom(log.clone()))).await;
    let mut client = app.raw();
    client.open().await;
    client.notify("cloakroom.take", "3").await;
    client.request(1, "cloakroom.misread", "").await;
    assert_eq!(client.message().await.json()["error"]["code"], json!("internal"));
    drop(client);
    log.reached("Some(3)").await;
}

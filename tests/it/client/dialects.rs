//! The client as a client of each dialect.

use nano::client::{Client, ClientBuilder, Dialect};
use nano::testing::TestApp;
use nano::{ErrorKind, Json, Protobuf};
use tokio::sync::mpsc;

use super::server::{RoomPush, Text, app};

/// A builder whose pushes can be awaited.
fn listening(builder: ClientBuilder<Json>) -> (ClientBuilder<Json>, mpsc::Receiver<String>) {
    let (sender, receiver) = mpsc::channel(16);
    RoomPush::on(&builder).text(move |text| {
        sender.try_send(text.text).expect("the test listens");
    });
    (builder, receiver)
}

#[tokio::test]
async fn every_dialect_requests_is_refused_and_hears_pushes() {
    let app = TestApp::start(app()).await;
    for dialect in [Dialect::Native, Dialect::Nano, Dialect::Pitaya] {
        let (builder, mut texts) = listening(Client::builder().dialect(dialect));
        let client = app.connect_with(builder).await;
        // Pushes that arrive before `connect` returns reach the handlers, too.
        assert_eq!(texts.recv().await.as_deref(), Some("welcome"), "{dialect:?}");

        let name: Text = client.request("room.join", &Text::new("ann")).await.expect("a reply");
        assert_eq!(name.text, "ann");
        assert_eq!(texts.recv().await.as_deref(), Some("ann is here"), "{dialect:?}");
        client.notify("room.say", &Text::new("hello 😀")).await.expect("there is room");
        assert_eq!(texts.recv().await.as_deref(), Some("hello 😀"), "{dialect:?}");

        // Reads `{}` as well as `null`.
        client
            .request::<_, ()>("room.mute", &Text::new("bob"))
            .await
            .expect("a reply without a value");

        for (route, code) in [
            ("room.refuse", "room_full"),
            ("room.fail", "internal"),
            ("room.panic", "internal"),
            ("room.nothing", "not_found"),
        ] {
            let error = client.request::<_, Text>(route, &()).await.expect_err("it is refused");
            assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some(code)));
        }
        let error = client.request::<_, Text>("room.join", &1).await.expect_err("1 is no text");
        assert_eq!(error.code(), Some("bad_request"), "{dialect:?}");
        client.close().await;
    }
}

#[tokio::test]
async fn an_error_has_the_text_of_its_handler() {
    let app = TestApp::start(app()).await;
    let error = app.connect().await.request::<_, Text>("room.refuse", &()).await;
    let error = error.expect_err("it is refused");
    assert_eq!(error.to_string(), "room_full: the room holds 8 players");
}

#[tokio::test]
async fn protobuf_works_as_json_does() {
    let app = TestApp::start(app().serializer(Protobuf)).await;
    let (sender, mut texts) = mpsc::channel(16);
    let builder = Client::builder().serializer(Protobuf);
    RoomPush::on(&builder).text(move |text| {
        sender.try_send(text).expect("the test listens");
    });
    let client = app.connect_with(builder).await;
    assert_eq!(texts.recv().await, Some(Text::new("welcome")));
    let name: Text = client.request("room.join", &Text::new("ann")).await.expect("a reply");
    assert_eq!(name.text, "ann");
    assert_eq!(texts.recv().await, Some(Text::new("ann is here")));
    let error = client.request::<Text, Text>("room.refuse", &Text::default()).await;
    let error = error.expect_err("it is refused");
    assert_eq!(error.to_string(), "room_full: the room holds 8 players");
}

#[tokio::test]
async fn the_dictionary_is_the_servers() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    assert!(client.dictionary().contains_key("onText"));
    let announced = client.dictionary();
    for route in app.server().routes() {
        assert!(announced.contains_key(route.name()), "{}", route.name());
    }
    assert_eq!(client.handshake()["sys"]["serializer"], "json");
}

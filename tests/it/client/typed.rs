//! The typed caller over the Rust client.

use nano::client::Client;
use nano::component::RouteKind;
use nano::serializer::{Decode, Encode, Serializer};
use nano::testing::TestApp;
use nano::{Json, Protobuf};

use super::server::{RoomClient, Text, app};

#[tokio::test]
async fn the_typed_caller_of_a_component_calls_its_handlers() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    let room = RoomClient::new(&client);
    assert_eq!(room.join(&Text::new("ann")).await.expect("a reply").text, "ann");
    room.say(&Text::new("hello")).await.expect("somebody hears it");
    let error = room.refuse().await.expect_err("the room is full");
    assert_eq!(error.code(), Some("room_full"));
}

async fn check_empty_replies<S>(serializer: S)
where
    S: Serializer + Copy + Encode<Text> + Decode<()>,
{
    let app = TestApp::start(app().serializer(serializer)).await;
    let client = app.connect_with(Client::builder().serializer(serializer)).await;
    let room = RoomClient::new(&client);
    room.mute(&Text::new("bob")).await.expect("an empty reply");
    let error = room.mute(&Text::new("ann")).await.expect_err("the handler's own error");
    assert_eq!(error.code(), Some("not_allowed"), "{}", serializer.name());
    assert_eq!(error.to_string(), "not_allowed: ann cannot be muted", "{}", serializer.name());
}

#[tokio::test]
async fn the_typed_caller_hears_of_the_error_of_a_handler_without_a_value() {
    check_empty_replies(Json).await;
    check_empty_replies(Protobuf).await;
}

#[tokio::test]
async fn only_a_handler_that_returns_nothing_at_all_is_a_notify() {
    let app = TestApp::start(app()).await;
    let notifies: Vec<_> = app
        .server()
        .routes()
        .filter(|route| route.kind() == RouteKind::Notify)
        .map(|route| route.name())
        .collect();
    assert_eq!(notifies, ["room.kick", "room.close"]);
}

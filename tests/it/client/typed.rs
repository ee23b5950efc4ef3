use nano::testing::TestApp;

use super::server::{RoomClient, Text, app};

#[tokio::test]
async fn the_typed_caller_of_a_component_calls_its_handlers() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    let room = RoomClient::new(&client);
    assert_eq!(room.join(&Text::new("ann")).await.expect("a reply").text, "ann");
    room.say(&Text::new("hello")).await.expect("there is room");
    let error = room.refuse().await.expect_err("the room is full");
    assert_eq!(error.code(), Some("room_full"));
}

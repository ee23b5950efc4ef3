//! The routes as they were scanned, and the typed caller of Rust.

use nano::Protobuf;
use nano::client::Client;
use nano::testing::{TestApp, assert_routes};
use prost_types::Timestamp;

use super::app;
use crate::arena::{ArenaClient, FIRST_ID};
use crate::pb::arena::v1::{Count, Enter, Team};

#[test]
fn what_is_served_is_what_was_scanned() {
    assert_routes(&app());
}

#[tokio::test]
async fn the_typed_caller_speaks_to_the_server_of_the_generated_clients() {
    let app = TestApp::start(app()).await;
    let client = app.connect_with(Client::builder().serializer(Protobuf)).await;
    let arena = ArenaClient::new(&client);

    let enter = Enter { name: "ann".into(), team: Some(Team::Red.into()) };
    let you = arena.enter(&enter).await.expect("a fighter").you.expect("it is set");
    assert_eq!((you.id, you.team()), (FIRST_ID + 1, Team::Red));
    let error = arena.enter(&Enter::default()).await.expect_err("there is no name");
    assert_eq!(error.code(), Some("bad_name"));
    let error = arena.panic().await.expect_err("it panics");
    assert_eq!(error.code(), Some("internal"));

    let time = Timestamp { seconds: 1 << 40, nanos: 5 };
    let later = arena.later(&time).await.expect("a time");
    assert_eq!(later, Timestamp { seconds: time.seconds + 1, nanos: 5 });
    let list = arena.long_list(&Count { count: 300 }).await.expect("a long list");
    assert_eq!(list.others.len(), 300);
}

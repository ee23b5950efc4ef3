use nano::Protobuf;
use nano::client::Client;
use nano::testing::{TestApp, assert_routes};

use super::*;

/// A client, and the app that it is connected to.
async fn connect() -> (TestApp, Client<Protobuf>) {
    let app = TestApp::start(app()).await;
    let client = app.connect_with(Client::builder().serializer(Protobuf)).await;
    (app, client)
}

#[test]
fn packages_of_all_names_are_scanned_as_they_are_compiled() {
    assert_routes(&app());
}

#[tokio::test]
async fn case_b03_a_oneof_and_a_package_share_a_module() {
    use pb::shop::offer::{Item, Offer};
    let (_app, client) = connect().await;
    let offer = HallClient::new(&client).offer(&Item { id: 7 }).await.expect("an offer");
    assert_eq!(offer.offer, Some(Offer::Item(Item { id: 7 })));
}

#[tokio::test]
async fn case_b04_packages_that_use_each_other_are_one_macro() {
    let (_app, client) = connect().await;
    let position = pb::common::v1::Position { x: 1.0, y: 2.0 };
    let joined = HallClient::new(&client).join(&position).await.expect("a reply");
    let log = pb::common::v1::Log { last: Some(joined), position: Some(position) };
    assert_eq!(log.last.and_then(|joined| joined.position), Some(position));
}

#[tokio::test]
async fn case_b05_messages_without_a_package_are_there() {
    let (_app, client) = connect().await;
    let token = pb::login::Token { text: "four".into() };
    let login = pb::Login { token: Some(token) };
    let welcome = HallClient::new(&client).login(&login).await.expect("a welcome");
    assert_eq!(welcome.player_id, 4);
}

#[tokio::test]
async fn case_b06_a_package_has_the_name_of_its_files() {
    let (_app, client) = connect().await;
    let wanted = one::of_keyword::Match { r#type: "duel".into(), ..Default::default() };
    let found = HallClient::new(&client).find(&wanted).await.expect("a match");
    assert_eq!(found.r#type, "duel");
}

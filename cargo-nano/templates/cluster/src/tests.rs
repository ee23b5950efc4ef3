//! The game in one process, over connections in memory. Handlers do not see the difference.

use nano::Result;
use nano::client::Client;
use nano::testing::{TestApp, assert_routes};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::whole;
use crate::desk::{DeskClient, EnterRequest};
use crate::room::{RoomClient, RoomPush, Said};

#[test]
fn the_client_of_the_page_knows_all_routes() {
    assert_routes(&whole());
}

/// Somebody in a room, and what they hear.
async fn enter(app: &TestApp, name: &str, room: &str) -> Result<(Client, UnboundedReceiver<Said>)> {
    let client = app.connect().await;
    let (heard, inbox) = unbounded_channel();
    RoomPush::on(&client).said(move |said| {
        let _ = heard.send(said);
    });
    let [name, room] = [name, room].map(str::to_owned);
    DeskClient::new(&client)
        .enter(&EnterRequest { name, room })
        .await?;
    Ok((client, inbox))
}

#[tokio::test]
async fn those_in_a_room_hear_one_another() -> Result<()> {
    let app = TestApp::start(whole()).await;
    let (_ann, mut anns) = enter(&app, "Ann", "tea").await?;
    let (bob, _) = enter(&app, "Bob", "tea").await?;
    let (cid, mut cids) = enter(&app, "Cid", "coffee").await?;
    RoomClient::new(&bob).say(&"hello".to_owned()).await?;
    let said = anns.recv().await.expect("Ann hears it");
    assert_eq!((said.name.as_str(), said.text.as_str()), ("Bob", "hello"));
    RoomClient::new(&cid).say(&"alone".to_owned()).await?;
    let said = cids
        .recv()
        .await
        .expect("Cid hears himself, and nobody else");
    assert_eq!(said.text, "alone");
    Ok(())
}

#[tokio::test]
async fn names_are_not_empty() -> Result<()> {
    let app = TestApp::start(whole()).await;
    let error = enter(&app, " ", "tea").await.expect_err("it has no name");
    assert_eq!(error.code(), Some("bad_name"));
    Ok(())
}

//! The game over connections in memory.

use nano::Result;
use nano::testing::{TestApp, assert_routes};
use tokio::sync::mpsc;

use super::app;
use crate::room::{JoinRequest, RoomClient, RoomPush, Words};

#[test]
fn the_client_of_the_page_knows_all_routes() {
    assert_routes(&app());
}

#[tokio::test]
async fn members_hear_what_is_said() -> Result<()> {
    let app = TestApp::start(app()).await;
    let (ann, bob) = (app.connect().await, app.connect().await);
    let (heard, mut inbox) = mpsc::unbounded_channel();
    RoomPush::on(&ann).said(move |said| {
        let _ = heard.send(said);
    });

    let (anns, bobs) = (RoomClient::new(&ann), RoomClient::new(&bob));
    let words = Words {
        text: "hello".to_owned(),
    };
    let error = bobs.say(&words).await.expect_err("Bob has not joined");
    assert_eq!(error.code(), Some("not_joined"));
    anns.join(&JoinRequest {
        name: "Ann".to_owned(),
    })
    .await?;
    let room = bobs
        .join(&JoinRequest {
            name: "Bob".to_owned(),
        })
        .await?;
    assert_eq!(room.members.len(), 2);
    bobs.say(&words).await?;

    let said = inbox.recv().await.expect("Ann hears it");
    assert_eq!(
        (said.name, said.text),
        ("Bob".to_owned(), "hello".to_owned())
    );
    Ok(())
}

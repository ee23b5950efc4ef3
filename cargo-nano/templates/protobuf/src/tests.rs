//! The game over connections in memory.

use nano::client::Client;
use nano::testing::{TestApp, assert_routes};
use nano::{Protobuf, Result};
use tokio::sync::mpsc;

use super::app;
use crate::field::{Enter, FieldClient, FieldPush, Move};

#[test]
fn the_client_of_the_page_knows_all_routes() {
    assert_routes(&app());
}

#[tokio::test]
async fn visitors_see_each_other_move() -> Result<()> {
    let app = TestApp::start(app()).await;
    let ann = app
        .connect_with(Client::builder().serializer(Protobuf))
        .await;
    let bob = app
        .connect_with(Client::builder().serializer(Protobuf))
        .await;
    let (anns, bobs) = (FieldClient::new(&ann), FieldClient::new(&bob));
    anns.enter(&Enter { hue: 10 }).await?;
    let (seen, mut dots) = mpsc::unbounded_channel();
    FieldPush::on(&ann).dot(move |dot| {
        let _ = seen.send(dot);
    });

    let entered = bobs.enter(&Enter { hue: 370 }).await?;
    assert_eq!(entered.dots.len(), 2);
    let came = dots.recv().await.expect("Ann sees Bob come");
    assert_eq!((came.id, came.hue), (entered.id, 10));
    bobs.move_to(&Move { x: 0.25, y: 7.0 }).await?;
    let moved = dots.recv().await.expect("Ann sees Bob move");
    assert_eq!(
        (moved.id, moved.x, moved.y),
        (entered.id, 0.25, 1.0),
        "the field ends at 1"
    );
    Ok(())
}

//! The routes as they were scanned, and the typed caller of Rust.

use nano::testing::{TestApp, assert_routes};

use super::app;
use crate::echo::EchoClient;
use crate::hall::{Enter, FIRST_ID, HallClient, HallPush, Hat, Said, Visitor};
use crate::shop::ShopClient;

#[test]
fn what_is_served_is_what_was_scanned() {
    assert_routes(&app());
}

#[tokio::test]
async fn the_typed_caller_speaks_to_the_server_of_the_generated_clients() {
    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    HallPush::on(&client).said(move |message| said.send(message).expect("the test listens"));

    let hall = HallClient::new(&client);
    let enter = Enter { name: "ann".into(), hat: Some(Hat::TopHat), volume: 5 };
    let entered = hall.enter(&enter).await.expect("a visitor");
    let ann = Visitor { id: FIRST_ID + 1, name: "ann".into(), hat: Some(Hat::TopHat), volume: 5 };
    assert_eq!((entered.you, entered.others), (ann, vec![]));
    hall.say(&"hello".to_owned()).await.expect("an empty reply");
    let Said { name, text } = heard.recv().await.expect("a push");
    assert_eq!((&*name, &*text), ("ann", "hello"));

    let error = hall.panic().await.expect_err("it panics");
    assert_eq!(error.code(), Some("internal"));

    let echo = EchoClient::new(&client);
    assert_eq!(echo.next_number(&(1 << 53)).await.expect("a number"), (1 << 53) + 1);
    assert_eq!(echo.largest().await.expect("a number"), u64::MAX);
    let page = echo.long_page(&300).await.expect("a long page");
    assert_eq!(page.items.len(), 300);

    let error = ShopClient::new(&client).buy(&String::new()).await.expect_err("nothing is left");
    assert_eq!(error.code(), Some("sold_out"));
}

#[cfg(not(feature = "old"))]
#[tokio::test]
async fn f0_the_typed_caller_calls_routes_of_many_parts() {
    use crate::names::{ConnectorClient, Entry, EntryHandlerClient, Welcome, WordsClient};

    let app = TestApp::start(app()).await;
    let client = app.connect().await;
    let entry = Entry { name: "ann".into() };
    let welcome = EntryHandlerClient::new(&client).entry(&entry).await.expect("a reply");
    assert_eq!(welcome, Welcome { code: 200, msg: "welcome ann".into() });
    assert_eq!(ConnectorClient::new(&client).count().await.expect("a number"), 7);
    assert_eq!(WordsClient::new(&client).new_().await.expect("a word"), "new");
}

//! The app in the process of the test, without a socket.

use nano::client::Client;
use nano::testing::TestApp;
use tokio::sync::mpsc;

use super::*;

#[tokio::test(start_paused = true)]
async fn ann_pulls_ten_times_and_wins() -> Result<()> {
    let app = TestApp::start(app()).await;
    let (seen, mut ropes) = mpsc::unbounded_channel();
    let builder = Client::builder();
    ArenaPush::on(&builder).rope(move |rope| drop(seen.send(rope)));
    let client = app.connect_with(builder).await;
    let ann = ArenaClient::new(&client); // `#[component]` has written it

    assert_eq!(ann.pull().await.unwrap_err().code(), Some("no_data"));
    assert_eq!(ann.join().await?, Side::Left);
    for _ in 0..STEPS {
        ann.pull().await?;
    }
    let mut last = Rope::default();
    while last.winner.is_none() {
        last = next(&mut ropes).await;
    }
    assert_eq!(last, Rope { position: -STEPS, winner: Some(Side::Left) });
    assert_eq!(next(&mut ropes).await, Rope::default()); // three seconds later
    Ok(())
}

/// A push that never comes fails the test in place of hanging it.
async fn next(ropes: &mut mpsc::UnboundedReceiver<Rope>) -> Rope {
    let next = tokio::time::timeout(Duration::from_secs(10), ropes.recv()).await;
    next.expect("a push comes").expect("the client is connected")
}

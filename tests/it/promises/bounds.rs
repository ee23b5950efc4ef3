//! Promise 4: bounds, as far as they do not concern hostile peers.

use nano::testing::TestApp;
use nano::{App, component};

use super::support::sessions;

struct Nothing;

#[component]
impl Nothing {
    #[handler]
    fn ping(&self) {}
}

#[tokio::test]
async fn promise_4_connections_beyond_the_limit_are_refused_until_one_ends() {
    let app = TestApp::start(App::new().component(Nothing).max_sessions(2)).await;
    let (mut one, mut two, mut three) = (app.raw(), app.raw(), app.raw());
    one.open().await;
    two.open().await;
    three.expect_closed().await;
    assert_eq!(app.server().sessions(), 2);
    one.request(1, "nothing.ping", "").await;
    assert_eq!(one.message().await.id, 1);
    drop(two);
    sessions(&app, 1).await;
    let mut four = app.raw();
    assert_eq!(four.open().await["code"], 200);
}
